package dev.cocolab.lab;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last lines that the guests of a lab have logged. They hold no secret. */
final class GuestLog {
  private static final Logger LOG = LoggerFactory.getLogger("dev.cocolab.lab.guest");
  private static final int KEPT = 2_000;

  private final Deque<String> lines = new ArrayDeque<>();

  void accept(String line) {
    LOG.debug(line);
    synchronized (lines) {
      if (lines.size() == KEPT) {
        lines.removeFirst();
      }
      lines.addLast(line);
    }
  }

  /** Oldest first. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }
}
