package dev.cocolab.lab;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Parts that are closed together, the last one opened first. A part that does not close keeps no
 * other one open; the first failure is thrown, with later ones suppressed in it.
 */
public final class OpenParts implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** Takes charge of a part, and returns it. */
  public <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() {
    RuntimeException first = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        RuntimeException failed =
            e instanceof RuntimeException known ? known : new IllegalStateException(e);
        if (first == null) {
          first = failed;
        } else {
          first.addSuppressed(failed);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
