package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/** Gives new objects uid, time stamp and generated name. */
public final class ObjectIdentity {
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int SUFFIX = 5;
  private static final int MAX_BASE = 63 - SUFFIX;

  private final Clock clock;
  private final RandomGenerator random;

  public ObjectIdentity(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** Now, in whole seconds, as RFC 3339. */
  public String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  String after(long seconds) {
    Instant then = clock.instant().truncatedTo(ChronoUnit.SECONDS).plusSeconds(seconds);
    return then.toString();
  }

  void stamp(ObjectNode metadata) {
    metadata.put("uid", uid());
    metadata.put("creationTimestamp", now());
  }

  /** A random (version 4) UUID. */
  synchronized String uid() {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  /** {@code generateName} and five characters; true if a name was made. */
  synchronized boolean generateName(ObjectNode metadata) {
    String base = Trees.textOrEmpty(metadata, "generateName");
    if (base.isEmpty() || Trees.text(metadata, "name").isPresent()) {
      return false;
    }
    StringBuilder name =
        new StringBuilder(base.length() > MAX_BASE ? base.substring(0, MAX_BASE) : base);
    for (int i = 0; i < SUFFIX; i++) {
      name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    metadata.put("name", name.toString());
    return true;
  }
}
