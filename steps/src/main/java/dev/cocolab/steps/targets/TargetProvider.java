package dev.cocolab.steps.targets;

import java.util.Set;

/** Opens a fresh or shared target for each scenario of a run. */
public interface TargetProvider extends AutoCloseable {
  String name();

  Set<Capability> capabilities();

  Target open();

  @Override
  void close();
}
