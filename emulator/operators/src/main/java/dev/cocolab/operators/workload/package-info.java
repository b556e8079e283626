/**
 * Deployments and ReplicaSets. What to do is decided by pure functions of the observed objects; the
 * controllers carry it out.
 */
package dev.cocolab.operators.workload;
