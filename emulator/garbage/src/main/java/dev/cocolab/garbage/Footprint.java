package dev.cocolab.garbage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process holds of the machine.
 *
 * @param descriptors open files and sockets (Linux)
 * @param threads threads that live
 */
public record Footprint(long descriptors, int threads) {
  /** As it is now. */
  public static Footprint now() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return new Footprint(open.count(), Thread.getAllStackTraces().size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether this is no more than another one and a little noise: a pool's thread, a class file. */
  public boolean within(Footprint before, int slack) {
    return descriptors <= before.descriptors + slack && threads <= before.threads + slack;
  }
}
