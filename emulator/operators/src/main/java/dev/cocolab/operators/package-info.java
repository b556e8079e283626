/**
 * The controllers a cluster needs around its API server: workloads, garbage collection, namespaces,
 * and the Trustee operator.
 *
 * <p>Everything here speaks to the cluster through the Kubernetes client alone and watches instead
 * of asking again, so it works against any API server.
 */
package dev.cocolab.operators;
