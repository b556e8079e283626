package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;

/**
 * One attempt to start a container.
 *
 * @param pod the pod as last seen
 * @param container the container of its spec
 * @param init whether it is an init container
 * @param attempt 0 for the first start in this pod
 * @param events takes what happens on the way
 */
public record ContainerStart(
    Pod pod, Container container, boolean init, int attempt, EventSink events) {}
