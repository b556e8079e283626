package dev.cocolab.node.pod;

import java.time.Duration;

/** When a pod that could not be set up is tried again; volumes wait longer each time. */
final class SetupRetries {
  private static final Duration SANDBOX = Duration.ofSeconds(10);
  private static final Duration ROOM = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofSeconds(122);

  private Duration volume = Duration.ofMillis(500);

  Duration delay(PodSetupException.Step step) {
    return switch (step) {
      case VOLUME -> {
        Duration delay = volume;
        Duration twice = volume.multipliedBy(2);
        volume = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
        yield delay;
      }
      case ROOM -> ROOM;
      default -> SANDBOX;
    };
  }
}
