package dev.cocolab.steps.performance;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Absolute numbers that whoever runs the scenarios asks for beside the ratios; none by default. */
public final class Budgets {
  /** What a budget can be given for. */
  public enum Budget {
    /** Attestations a second, at least. */
    RATE,
    /** Milliseconds of the slowest hundredth of attestations at half load, at most. */
    P99_MS,
    /** Milliseconds of the slowest hundredth of fetches of a resource, at most. */
    RESOURCE_P99_MS,
    /** Milliseconds of the slowest start of a pod, at most. */
    POD_START_MS;

    /** {@code COCOLAB_BUDGET_RATE}. */
    public String variable() {
      return "COCOLAB_BUDGET_" + name();
    }

    /** {@code cocolab.budget.rate}; wins over the variable. */
    public String property() {
      return "cocolab.budget." + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Map<Budget, Double> given;

  private Budgets(Map<Budget, Double> given) {
    this.given = given;
  }

  /**
   * Reads them.
   *
   * @throws CliException USAGE for one that is no number above 0
   */
  public static Budgets of(Function<String, String> property, Map<String, String> environment) {
    Map<Budget, Double> found = new EnumMap<>(Budget.class);
    Arrays.stream(Budget.values())
        .forEach(
            budget -> {
              String said = property.apply(budget.property());
              String name = said == null ? budget.variable() : budget.property();
              String text = said == null ? environment.get(name) : said;
              if (text != null && !text.isBlank()) {
                found.put(budget, number(name, text.strip()));
              }
            });
    return new Budgets(found);
  }

  private static double number(String name, String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value < 1e9) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new CliException(
        ExitCode.USAGE, "%s '%s' is no number above 0; unset it or give one".formatted(name, text));
  }

  /** Empty when nobody asked for anything. */
  public OptionalDouble of(Budget budget) {
    Double value = given.get(budget);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
