package dev.cocolab.cli;

import dev.cocolab.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Starts many confidential pods at once, and many after each other, and looks what stays. */
final class PodsBench {
  /** Idle threads and connections of pools end after a minute. */
  static final Duration QUIET = Duration.ofSeconds(70);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration SETTLE = Duration.ofSeconds(90);

  /**
   * What was found.
   *
   * @param pods at once
   * @param total pods that came and went between {@code before} and {@code after}
   * @param start of those at once
   * @param each memory of one idle pod
   * @param churn how long {@code total} pods took to come and go
   * @param leaked what there is more of at the end, by kind
   */
  record Result(
      int pods,
      int total,
      PodFleet.Start start,
      PodMemory each,
      Duration churn,
      Footprint before,
      Footprint after,
      Map<String, String> leaked) {}

  private final Path home;
  private final PodFleet fleet;
  private final Lab lab;
  private final Duration quiet;
  private final Consumer<String> progress;

  /**
   * A bench in this lab.
   *
   * @param quiet how long to wait for the end of what pools keep for a while, before the look at
   *     the machine to which the last one is compared
   */
  PodsBench(Path home, Lab lab, Duration quiet, Consumer<String> progress) {
    this.home = home;
    this.lab = lab;
    this.fleet = new PodFleet(lab);
    this.quiet = quiet;
    this.progress = progress;
  }

  /**
   * Runs {@code pods} at once and measures them; then as many at a time until there were {@code
   * total} more, and compares the machine before and after those.
   */
  Result run(int pods, int total) {
    fleet.allow(pods);
    // The first ones load classes and unpack the image.
    fleet.start(Math.min(pods, 2));
    fleet.delete();
    awaitMachinesGone();
    PodMemory idle = PodMemory.take();
    PodFleet.Start start = fleet.start(pods);
    progress.accept("%d pods are Running".formatted(pods));
    PodMemory each = PodMemory.take().minus(idle).dividedBy(pods);
    fleet.delete();
    awaitMachinesGone();
    // Only now pools of threads and connections are as large as so many pods make them.
    Footprint before = quiet();
    long begun = System.nanoTime();
    int done = 0;
    while (done < total) {
      int wave = Math.min(pods, total - done);
      fleet.start(wave);
      fleet.delete();
      done += wave;
      progress.accept("%d of %d pods have come and gone".formatted(done, total));
    }
    Duration churn = Duration.ofNanos(System.nanoTime() - begun);
    awaitMachinesGone();
    Footprint after = settled(before);
    return new Result(pods, done, start, each, churn, before, after, after.grownSince(before));
  }

  /** What stays when nothing happens: what waits in pools for its time is not counted. */
  private Footprint quiet() {
    long end = System.nanoTime() + quiet.toNanos();
    Footprint least = Footprint.take(folders());
    while (System.nanoTime() < end) {
      pause();
      least = least.least(Footprint.take(folders()));
    }
    return least;
  }

  private Footprint settled(Footprint before) {
    long end = System.nanoTime() + SETTLE.toNanos();
    Footprint now = Footprint.take(folders());
    while (!now.grownSince(before).isEmpty() && System.nanoTime() < end) {
      pause();
      now = Footprint.take(folders());
    }
    return now;
  }

  private void awaitMachinesGone() {
    long end = System.nanoTime() + SETTLE.toNanos();
    while (!lab.podVms().podVms().isEmpty() && System.nanoTime() < end) {
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.INTERRUPTED, "interrupted", e);
    }
  }

  /** The folders of this process's sandboxes, and those of their sockets. */
  private List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    String own = ProcessHandle.current().pid() + "-*";
    try (DirectoryStream<Path> instances =
        Files.newDirectoryStream(home.resolve("sandboxes").resolve("sandbox"), own)) {
      for (Path instance : instances) {
        folders.add(instance);
        folders.add(Path.of(Files.readString(instance.resolve("runtime"), StandardCharsets.UTF_8)));
      }
      return folders;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
