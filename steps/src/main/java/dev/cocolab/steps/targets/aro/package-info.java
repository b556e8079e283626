/** Azure Red Hat OpenShift: a cluster, and what Azure gives beside it. */
package dev.cocolab.steps.targets.aro;
