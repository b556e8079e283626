package dev.cocolab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The end of a process that is not a child. {@link ProcessHandle#onExit} looks at such a process
 * only every 300 ms, and takes for alive what has ended but was not waited for by its parent, as a
 * program that starts a lab in the background may well do.
 */
final class ProcessEnd {
  private static final int POLL_MILLIS = 10;

  private ProcessEnd() {}

  /** Waits; false when the process still runs after that time. */
  static boolean await(long pid, Duration patience) throws InterruptedException {
    long limit = System.nanoTime() + patience.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    while (!isOver(pid)) {
      if (System.nanoTime() > limit || never.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOver(long pid) {
    if (ProcessHandle.of(pid).isEmpty()) {
      return true;
    }
    Path process = Path.of("/proc", Long.toString(pid));
    // proc(5): the state follows the name in brackets; Z also while other threads still end.
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      String stat = Files.readString(process.resolve("stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return (state == 'Z' || state == 'X') && threads.count() <= 1;
    } catch (IOException endedMeanwhile) {
      return ProcessHandle.of(pid).isEmpty();
    }
  }
}
