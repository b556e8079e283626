/**
 * The life of one pod as a state machine. It knows neither the API server nor namespaces: it meets
 * them through {@link dev.cocolab.node.pod.PodReporter} and {@link
 * dev.cocolab.node.pod.PodBackend}.
 */
package dev.cocolab.node.pod;
