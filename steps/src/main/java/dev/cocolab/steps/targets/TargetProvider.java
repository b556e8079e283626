package dev.cocolab.steps.targets;

import java.util.Optional;
import java.util.Set;

/** Opens a fresh or shared target for each scenario of a run. */
public interface TargetProvider extends AutoCloseable {
  String name();

  Set<Capability> capabilities();

  Target open();

  /**
   * Why scenarios can learn nothing about the product here any more, as a sentence; empty while
   * they can. Asked before each scenario and when one has failed; once there, it stays.
   */
  default Optional<String> outage() {
    return Optional.empty();
  }

  @Override
  void close();
}
