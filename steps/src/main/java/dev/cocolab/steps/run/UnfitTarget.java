package dev.cocolab.steps.run;

import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import java.util.EnumSet;
import java.util.Set;
import org.opentest4j.TestAbortedException;

/**
 * Stands for a target that cannot be had on this machine: whoever opens it is skipped.
 *
 * @param name of the target
 * @param reason why, with the remedy
 */
record UnfitTarget(String name, String reason) implements TargetProvider {
  /** All there are, so that nothing is skipped for another reason than the true one. */
  @Override
  public Set<Capability> capabilities() {
    return EnumSet.allOf(Capability.class);
  }

  @Override
  public Target open() {
    throw new TestAbortedException("skipped: " + reason);
  }

  @Override
  public void close() {
    // Nothing was opened.
  }
}
