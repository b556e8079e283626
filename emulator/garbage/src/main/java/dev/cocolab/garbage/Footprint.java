package dev.cocolab.garbage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What this process holds of the machine.
 *
 * @param descriptors open files and sockets (Linux)
 * @param threads threads that live
 */
public record Footprint(long descriptors, int threads) {
  private static final int SLACK = 8;

  /** The worker pool of a Vert.x fills as it is used. */
  private static final int POOL = 24;

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** As it is now. */
  public static Footprint now() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return new Footprint(open.count(), Thread.getAllStackTraces().size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until the process holds no more than this, with a little noise: a pool's thread, a class
   * file.
   *
   * @return whether it came to that within ten seconds
   */
  public boolean isBack() {
    long end = System.nanoTime() + LIMIT.toNanos();
    Footprint now = now();
    while (now.descriptors > descriptors + SLACK || now.threads > threads + POOL) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
      now = now();
    }
    return true;
  }
}
