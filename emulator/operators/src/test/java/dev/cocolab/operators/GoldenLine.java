package dev.cocolab.operators;

import java.util.Optional;

/**
 * A command line and what a real API server had kubectl print for it.
 *
 * @param topic name of the script that it is a line of
 * @param id unique within the topic
 * @param eventually whether controllers decide the answer, so that it may take a moment
 * @param differs why this server answers otherwise, where it does on purpose
 * @param command for a POSIX shell; {@code k} is kubectl
 * @param recorded exit code and output of the real one
 */
record GoldenLine(
    String topic,
    String id,
    boolean eventually,
    Optional<String> differs,
    String command,
    Outcome recorded) {

  /** What a command line ended with. */
  record Outcome(int exit, String stdout, String stderr) {

    Outcome masked() {
      return new Outcome(exit, Masks.apply(stdout), Masks.apply(stderr));
    }
  }

  @Override
  public String toString() {
    return topic + "/" + id;
  }
}
