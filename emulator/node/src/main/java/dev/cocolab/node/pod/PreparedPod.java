package dev.cocolab.node.pod;

import java.util.Optional;

/** Volumes and sandbox of a pod. */
public interface PreparedPod extends ForwardTarget, AutoCloseable {
  /** The pod's address, dotted decimal. */
  String podIp();

  /**
   * Pulls the image and starts a container; blocks.
   *
   * @throws ContainerStartException if the container does not run
   */
  RunningContainer start(ContainerStart start);

  /**
   * Whether the pod has written more to disk than it may; blocks.
   *
   * @return why it is to be evicted; empty if it keeps within its bounds
   */
  Optional<String> excess();

  /** Ends what is left of the pod and frees everything; may block for some seconds. */
  @Override
  void close();
}
