package dev.cocolab.node;

/** A program that runs as an object in this JVM in the place of a container's process. */
@FunctionalInterface
public interface ResidentProgram {
  /**
   * Starts the program; returns once it runs, at best once it serves.
   *
   * @throws RuntimeException if it cannot start; its message becomes the container's error
   */
  ResidentProcess start(ResidentContext context);
}
