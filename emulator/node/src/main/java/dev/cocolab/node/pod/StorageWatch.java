package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Looks again and again whether a pod with emptyDirs has written too much. */
final class StorageWatch {
  /** The kubelet looks every 10 seconds; here whole labs come and go in that time. */
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final PreparedPod place;
  private final Plans plans;
  private final Executor io;
  private final Executor loop;
  private final BooleanSupplier runs;
  private final Consumer<String> evict;

  /**
   * A watch that does nothing before {@link #begin}.
   *
   * @param io where files are looked at
   * @param loop the pod's own executor, to which the plans belong
   * @param runs whether the pod still does, asked on the loop
   * @param evict takes the reason, on the loop; nothing is looked at afterwards
   */
  StorageWatch(
      PreparedPod place,
      Plans plans,
      Executor io,
      Executor loop,
      BooleanSupplier runs,
      Consumer<String> evict) {
    this.place = place;
    this.plans = plans;
    this.io = io;
    this.loop = loop;
    this.runs = runs;
    this.evict = evict;
  }

  void begin(Pod pod) {
    if (pod.getSpec().getVolumes().stream().anyMatch(volume -> volume.getEmptyDir() != null)) {
      plans.after(PERIOD, this::look);
    }
  }

  private void look() {
    io.execute(
        () -> {
          Optional<String> excess = place.excess();
          loop.execute(() -> looked(excess));
        });
  }

  private void looked(Optional<String> excess) {
    if (!runs.getAsBoolean()) {
      return;
    }
    excess.ifPresentOrElse(evict, () -> plans.after(PERIOD, this::look));
  }
}
