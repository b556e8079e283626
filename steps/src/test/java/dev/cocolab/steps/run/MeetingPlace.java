package dev.cocolab.steps.run;

import dev.cocolab.steps.targets.Blobs;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Clients;
import dev.cocolab.steps.targets.KeyServers;
import dev.cocolab.steps.targets.PodVms;
import dev.cocolab.steps.targets.Registry;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Timeouts;
import dev.cocolab.steps.targets.TrusteeState;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A target that opens only when as many scenarios as one waits for ask for it at the same time; all
 * that can be had of it is a kubeconfig.
 */
final class MeetingPlace implements TargetProvider {
  private static final long LIMIT_SECONDS = 20;

  private final CyclicBarrier together;
  private final AtomicInteger open = new AtomicInteger();

  MeetingPlace(int scenarios) {
    this.together = new CyclicBarrier(scenarios);
  }

  /** How many are open now. */
  int stillOpen() {
    return open.get();
  }

  @Override
  public String name() {
    return "meeting-place";
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public Target open() {
    try {
      together.await(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new AssertionError("the others did not come", e);
    }
    open.incrementAndGet();
    return new Target(
        name(),
        part(Clients.class),
        part(TrusteeState.class),
        part(PodVms.class),
        part(Registry.class),
        part(Blobs.class),
        part(KeyServers.class),
        Timeouts.times(1),
        capabilities(),
        open::decrementAndGet);
  }

  private static <T> T part(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getName().equals("kubeconfig")) {
                return "kind: Config";
              }
              throw new UnsupportedOperationException(method.getName());
            }));
  }

  @Override
  public void close() {
    // Targets are closed one by one.
  }
}
