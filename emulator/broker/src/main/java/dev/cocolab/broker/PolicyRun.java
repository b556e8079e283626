package dev.cocolab.broker;

import dev.cocolab.rego.TraceEvent;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One evaluation of a stored policy.
 *
 * @param file the policy's file name, for instance {@code default_cpu.rego}
 * @param source its text at that moment; empty when it is absent
 * @param trace what was evaluated, in order; not to be changed by whoever gives it
 * @param error why there is no result
 */
public record PolicyRun(
    String file, String source, List<TraceEvent> trace, Optional<String> error) {

  /** Checks that nothing is missing. */
  public PolicyRun {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(source, "source");
    // Not copied: an event is put together when it is read, which for most runs is never.
    trace = Collections.unmodifiableList(trace);
    Objects.requireNonNull(error, "error");
  }
}
