package dev.cocolab.steps.performance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A measured number against what is asked for.
 *
 * @param id short name in the report
 * @param claim what is asked for, as a sentence without its end
 * @param unit how the number is said
 * @param atLeast whether the bound is the least, or else the most
 * @param bound itself still holds
 * @param attempts measured values, at least one; the last decides
 */
public record Check(
    String id, String claim, Unit unit, boolean atLeast, double bound, List<Double> attempts) {
  /** A number that misses its bound by more than this factor is no accident of a busy machine. */
  private static final double BORDER = 2;

  /** Part of the processors that other programs may use while something is measured. */
  private static final double MOST_OTHERS = 0.1;

  /** How a number is said. */
  public enum Unit {
    /** A part of something else, said in per cent. */
    PART,
    /** A multiple of something else. */
    TIMES,
    /** Milliseconds. */
    MS,
    /** A rate. */
    PER_SECOND,
    /** A whole number. */
    COUNT;

    String of(double value) {
      return switch (this) {
        case PART -> String.format(Locale.ROOT, "%.1f %%", 100 * value);
        case TIMES -> String.format(Locale.ROOT, "%.2f times", value);
        case MS -> String.format(Locale.ROOT, "%.1f ms", value);
        case PER_SECOND -> String.format(Locale.ROOT, "%.1f/s", value);
        case COUNT -> String.format(Locale.ROOT, "%.0f", value);
      };
    }
  }

  public Check {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(claim, "claim");
    Objects.requireNonNull(unit, "unit");
    attempts = List.copyOf(attempts);
    if (attempts.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured for: " + claim);
    }
  }

  /** Asks for at least so much. */
  public static Check atLeast(String id, String claim, Unit unit, double bound, double measured) {
    return new Check(id, claim, unit, true, bound, List.of(measured));
  }

  /** Asks for at most so much. */
  public static Check atMost(String id, String claim, Unit unit, double bound, double measured) {
    return new Check(id, claim, unit, false, bound, List.of(measured));
  }

  /** Whether the last measured number is within the bound; one that is no number never is. */
  public boolean held() {
    double value = attempts.get(attempts.size() - 1);
    return atLeast ? value >= bound : value <= bound;
  }

  /** Whether it was missed by so little that the machine may have been busy with something else. */
  public boolean borderline() {
    double value = attempts.get(attempts.size() - 1);
    return !held() && (atLeast ? value * BORDER >= bound : value <= bound * BORDER);
  }

  /** The same, measured once more if it was missed by little; the second number then decides. */
  public Check repeatedIfBorderline(DoubleSupplier again) {
    if (!borderline()) {
      return this;
    }
    List<Double> all = new ArrayList<>(attempts);
    all.add(again.getAsDouble());
    return new Check(id, claim, unit, atLeast, bound, all);
  }

  /**
   * Whether it was missed while other programs kept the machine busy, which proves nothing; unless
   * it would have been missed by far with the whole machine.
   *
   * @param others part of the processors that other programs used, 0 to 1
   */
  public boolean disturbed(double others) {
    double value = attempts.get(attempts.size() - 1);
    boolean hopeless = atLeast && value * BORDER < bound * (1 - others);
    return !held() && others > MOST_OTHERS && !hopeless;
  }

  /** What was asked for and what was measured, as a sentence. */
  public String sentence() {
    String measured =
        attempts.stream().map(unit::of).collect(Collectors.joining(", and when measured again "));
    return "%s: measured %s, %s %s asked for"
        .formatted(claim, measured, atLeast ? "at least" : "at most", unit.of(bound));
  }

  void addTo(ObjectNode out, double others) {
    out.put("id", id).put("claim", claim).put("unit", unit.name().toLowerCase(Locale.ROOT));
    out.put("relation", atLeast ? "at least" : "at most").put("bound", bound);
    ArrayNode list = out.putArray("attempts");
    attempts.forEach(list::add);
    out.put("held", held());
    if (disturbed(others)) {
      out.put("others", others);
    }
  }
}
