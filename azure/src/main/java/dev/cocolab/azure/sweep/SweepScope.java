package dev.cocolab.azure.sweep;

import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.control.PodMachines;
import dev.cocolab.azure.control.PodMachines.PodResource;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Which machines a sweep may delete. All of it must hold: the name's prefix, the resource group,
 * the subnet, the owner's tag, and the tag of the run or of the expiry; a machine without tags is
 * nobody's and is left alone.
 *
 * @param resourceGroup the cluster's managed resource group
 * @param subnet ARM id of the workers' subnet
 * @param runId the run whose machines are meant; empty for those of any run that have expired
 * @param now machines whose {@code expires-at} lies before it have expired
 */
public record SweepScope(String resourceGroup, String subnet, Optional<String> runId, Instant now) {
  /** Checks that nothing is missing. */
  public SweepScope {
    if (resourceGroup.isBlank() || subnet.isBlank()) {
      throw new IllegalArgumentException("a sweep needs a resource group and a subnet");
    }
    runId.ifPresent(RunTags::checkRunId);
    Objects.requireNonNull(now, "now");
  }

  /** What is to be done with a machine, and why. */
  enum Choice {
    DELETE,
    KEEP,
    /** It has none of our tags: a runner may have ended between creating and tagging. */
    REPORT
  }

  /**
   * A choice.
   *
   * @param why for the report
   */
  record Verdict(Choice choice, String why) {}

  Verdict judge(PodResource one) {
    if (!one.name().startsWith(PodMachines.PREFIX)) {
      return keep("its name does not start with " + PodMachines.PREFIX);
    }
    if (!one.id().resourceGroup().equalsIgnoreCase(resourceGroup)) {
      return keep("it is in the resource group " + one.id().resourceGroup());
    }
    if (!one.tags().containsKey(RunTags.RUN_ID) && !one.tags().containsKey(RunTags.OWNER)) {
      return new Verdict(
          Choice.REPORT, "it has no tag of a run; look at it and delete it by hand if it is yours");
    }
    if (one.subnet().isEmpty()) {
      return keep("its subnet cannot be found out");
    }
    if (!one.subnet().get().equalsIgnoreCase(subnet)) {
      return keep("it is in another subnet");
    }
    if (!RunTags.OWNER_VALUE.equals(one.tags().get(RunTags.OWNER))) {
      return keep("its tag %s is not %s".formatted(RunTags.OWNER, RunTags.OWNER_VALUE));
    }
    return runId.map(id -> ofRun(one, id)).orElseGet(() -> expired(one));
  }

  private static Verdict ofRun(PodResource one, String id) {
    String tag = one.tags().getOrDefault(RunTags.RUN_ID, "");
    return tag.equals(id)
        ? new Verdict(Choice.DELETE, "it is of the run " + id)
        : keep("it is of another run");
  }

  private Verdict expired(PodResource one) {
    Optional<Instant> expiry = RunTags.expiryIn(one.tags());
    if (expiry.isEmpty()) {
      return keep("its tag %s is no time".formatted(RunTags.EXPIRES_AT));
    }
    return expiry.get().isBefore(now)
        ? new Verdict(Choice.DELETE, "it expired at " + expiry.get())
        : keep("it expires at " + expiry.get());
  }

  private static Verdict keep(String why) {
    return new Verdict(Choice.KEEP, why);
  }
}
