package dev.cocolab.steps.targets;

/** The registry that serves the workload's images. */
public interface Registry {
  /**
   * A registry auth file that opens the private repository, JSON. A secret. Empty without {@link
   * Capability#PRIVATE_REGISTRY}.
   */
  String pullSecret();
}
