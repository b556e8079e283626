package dev.cocolab.cli;

import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts many confidential pods at once, and many after each other, and looks what stays. */
final class PodsBench {
  private static final Logger LOG = LoggerFactory.getLogger(PodsBench.class);
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
  private final Consumer<String> progress;

  PodsBench(Path home, Lab lab, Consumer<String> progress) {
    this.home = home;
    this.lab = lab;
    this.fleet = new PodFleet(lab);
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
    // Only now pools of threads are as large as so many pods make them.
    Footprint before = look();
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

  private Footprint look() {
    return Footprint.take(folders(), lab.apiUrl().getPort());
  }

  private Footprint settled(Footprint before) {
    AtomicReference<Footprint> now = new AtomicReference<>();
    watch(
        SETTLE,
        () -> {
          now.set(look());
          return now.get().grownSince(before).isEmpty();
        });
    return now.get();
  }

  /** Machines that stay are found as processes and files. */
  private void awaitMachinesGone() {
    watch(SETTLE, () -> lab.podVms().podVms().isEmpty());
  }

  /**
   * Looks every now and then, as nothing tells of changes in /proc, until so or for so long; in
   * this thread, because another one would be counted.
   */
  private static void watch(Duration limit, Callable<Boolean> so) {
    try {
      await()
          .pollInSameThread()
          .pollDelay(Duration.ZERO)
          .pollInterval(POLL)
          .atMost(limit.plus(POLL))
          .until(so);
    } catch (ConditionTimeoutException over) {
      LOG.debug("not so after {}", limit);
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
