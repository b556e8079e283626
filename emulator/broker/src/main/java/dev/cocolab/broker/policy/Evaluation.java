package dev.cocolab.broker.policy;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.rego.RegoResult;
import dev.cocolab.rego.TraceEvent;
import java.util.AbstractList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What came of a stored policy.
 *
 * @param file file name of the policy
 * @param source its text; empty when it is absent
 * @param results a result for each rule that was asked for, in that order; empty after a failure
 * @param failure why there are none
 */
public record Evaluation(
    String file,
    String source,
    Map<String, RegoResult> results,
    Optional<BrokerException> failure) {

  /** Checks that nothing is missing. */
  public Evaluation {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(source, "source");
    results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
    Objects.requireNonNull(failure, "failure");
  }

  /** The result of a rule that was asked for. */
  public RegoResult result(String rule) {
    return Objects.requireNonNull(results.get(rule), rule);
  }

  /** What was evaluated for all rules, in order; an event is put together when it is read. */
  public List<TraceEvent> trace() {
    return joined(results.values().stream().map(RegoResult::trace).toList());
  }

  /** Of the parts alone: a trace is kept longer than the results. */
  private static List<TraceEvent> joined(List<List<TraceEvent>> parts) {
    return new AbstractList<>() {
      @Override
      public TraceEvent get(int index) {
        int left = Objects.checkIndex(index, size());
        for (List<TraceEvent> part : parts) {
          if (left < part.size()) {
            return part.get(left);
          }
          left -= part.size();
        }
        throw new IndexOutOfBoundsException(index);
      }

      @Override
      public int size() {
        return parts.stream().mapToInt(List::size).sum();
      }
    };
  }

  /** What was evaluated for a rule, in order; empty after a failure. */
  public List<TraceEvent> trace(String rule) {
    RegoResult result = results.get(rule);
    return result == null ? List.of() : result.trace();
  }
}
