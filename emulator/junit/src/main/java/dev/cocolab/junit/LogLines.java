package dev.cocolab.junit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of a log that several threads write. */
final class LogLines {
  private final Deque<String> kept = new ArrayDeque<>();
  private final int most;

  LogLines(int most) {
    this.most = most;
  }

  synchronized void add(String line) {
    if (kept.size() == most) {
      kept.removeFirst();
    }
    kept.addLast(line);
  }

  synchronized List<String> lines() {
    return List.copyOf(kept);
  }

  synchronized String text() {
    return String.join("\n", kept);
  }
}
