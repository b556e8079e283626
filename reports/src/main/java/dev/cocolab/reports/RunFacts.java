package dev.cocolab.reports;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a report says about the run as a whole.
 *
 * @param target where the scenarios ran, for example {@code emulator}
 * @param profile which release was imitated, for example {@code redhat-1.2}
 * @param started begin of the run
 * @param seed seed of what is random in the scenarios, where there is one
 * @param gitCommit commit of the sources, where it is known
 * @param versions name of a part to its version, shown in alphabetical order
 */
public record RunFacts(
    String target,
    String profile,
    Instant started,
    OptionalLong seed,
    Optional<String> gitCommit,
    Map<String, String> versions) {

  public RunFacts {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(started, "started");
    Objects.requireNonNull(seed, "seed");
    Objects.requireNonNull(gitCommit, "gitCommit");
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }
}
