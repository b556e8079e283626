/** The settings of peer pods, computed from the cluster's own description of its cloud. */
package dev.cocolab.azure.peerpods;
