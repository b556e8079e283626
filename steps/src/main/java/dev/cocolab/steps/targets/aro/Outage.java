package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.AzureException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The first reason for which this run can learn no more about the product. It stays. */
final class Outage {
  private final AtomicReference<String> first = new AtomicReference<>();

  void note(String why) {
    first.compareAndSet(null, why);
  }

  Optional<String> why() {
    return Optional.ofNullable(first.get());
  }

  /** Calls Azure; a failure of it is the reason. */
  <T> T watch(Supplier<T> call) {
    try {
      return call.get();
    } catch (AzureException e) {
      note(e.getMessage());
      throw e;
    }
  }
}
