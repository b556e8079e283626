/** Azure Resource Manager: the cluster, its machines, sizes, quotas, network. */
package dev.cocolab.azure.control;
