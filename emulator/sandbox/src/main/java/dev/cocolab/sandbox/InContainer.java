package dev.cocolab.sandbox;

/** How to run CoCoLab in a container, for machines that cannot run it as they are. */
public final class InContainer {
  /**
   * What a container needs beyond a runtime's defaults: rights to make namespaces, mounts and
   * networks and to look into processes of other users, and no filter that forbids pivot_root.
   */
  public static final String OPTIONS =
      "--cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add SYS_PTRACE"
          + " --security-opt seccomp=unconfined --security-opt apparmor=unconfined";

  /** Makes the image from the repository's root folder. */
  public static final String BUILD = "docker build -f Containerfile -t cocolab .";

  /** Runs the scenarios. */
  public static final String RUN = "docker run --rm --init " + OPTIONS + " cocolab run";

  private InContainer() {}
}
