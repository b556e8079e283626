package dev.cocolab.node.pod;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;

/** Actions of one pod that wait for their time. Confined to the pod's executor. */
final class Plans {
  private final Timers timers;
  private final Executor loop;
  private final Set<Plan> waiting = new HashSet<>();

  private static final class Plan {
    private Timers.Planned planned = () -> {};
  }

  Plans(Timers timers, Executor loop) {
    this.timers = timers;
    this.loop = loop;
  }

  void after(Duration delay, Runnable action) {
    Plan plan = new Plan();
    waiting.add(plan);
    plan.planned = timers.after(delay, () -> loop.execute(() -> due(plan, action)));
  }

  private void due(Plan plan, Runnable action) {
    if (waiting.remove(plan)) {
      action.run();
    }
  }

  void cancelAll() {
    waiting.forEach(plan -> plan.planned.cancel());
    waiting.clear();
  }
}
