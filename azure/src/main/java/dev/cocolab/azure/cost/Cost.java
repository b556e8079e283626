package dev.cocolab.azure.cost;

import dev.cocolab.azure.AroConfig.Limits;
import dev.cocolab.azure.AzureException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The cost of a run's pod VMs. The standing cluster, disks, network and storage are not in it.
 *
 * @param lines the first is {@code cost: …}; the others say what it is made of, or why it is
 *     unknown
 * @param known false for {@code cost: unknown}
 */
public record Cost(List<String> lines, boolean known) {
  private static final BigDecimal SECONDS = BigDecimal.valueOf(3600);

  /** Copies the lines. */
  public Cost {
    lines = List.copyOf(lines);
  }

  /**
   * A machine that was used.
   *
   * @param time from its creation to its end
   */
  public record Use(String size, Duration time) {}

  /** It is unknown. */
  public static Cost unknown(String why) {
    return new Cost(List.of("cost: unknown", "  because " + why), false);
  }

  /** What a run costs at most: each machine that it may make, of the dearest size, all the time. */
  public static Cost atMost(Prices prices, String region, List<String> sizes, Limits limits) {
    return guarded(
        () -> {
          Price dearest = null;
          for (String size : sizes) {
            Price price = prices.hourly(region, size);
            if (dearest == null || price.perHour().compareTo(dearest.perHour()) > 0) {
              dearest = price;
            }
          }
          if (dearest == null) {
            return unknown("no VM size is given");
          }
          BigDecimal sum =
              of(dearest, limits.time()).multiply(BigDecimal.valueOf(limits.machines()));
          return known(
              "at most " + money(sum, dearest),
              List.of(
                  "  %d pod VMs for %d minutes at %s %s an hour (%s, %s; %s)"
                      .formatted(
                          limits.machines(),
                          limits.time().toMinutes(),
                          dearest.perHour().toPlainString(),
                          dearest.currency(),
                          dearest.size(),
                          region,
                          dearest.source())));
        });
  }

  /** What these machines cost. */
  public static Cost of(Prices prices, String region, List<Use> uses) {
    return guarded(
        () -> {
          if (uses.isEmpty()) {
            return known("0.00", List.of("  no pod VM was made"));
          }
          BigDecimal sum = BigDecimal.ZERO;
          List<String> parts = new ArrayList<>();
          Set<String> sizes = new TreeSet<>();
          uses.forEach(use -> sizes.add(use.size()));
          Price last = null;
          for (String size : sizes) {
            last = prices.hourly(region, size);
            List<Use> same = uses.stream().filter(use -> use.size().equals(size)).toList();
            Duration time = same.stream().map(Use::time).reduce(Duration.ZERO, Duration::plus);
            sum = sum.add(of(last, time));
            parts.add(
                "  %d × %s, %d minutes together at %s %s an hour (%s; %s)"
                    .formatted(
                        same.size(),
                        size,
                        time.toMinutes(),
                        last.perHour().toPlainString(),
                        last.currency(),
                        region,
                        last.source()));
          }
          return known(money(sum, last), parts);
        });
  }

  private static Cost known(String amount, List<String> parts) {
    List<String> lines = new ArrayList<>();
    lines.add("cost: " + amount);
    lines.addAll(parts);
    lines.add("  pod VMs only: without the cluster, disks, network and storage");
    return new Cost(lines, true);
  }

  private static Cost guarded(java.util.function.Supplier<Cost> sum) {
    try {
      return sum.get();
    } catch (AzureException e) {
      return unknown(e.getMessage());
    }
  }

  private static BigDecimal of(Price price, Duration time) {
    return price
        .perHour()
        .multiply(BigDecimal.valueOf(time.toSeconds()))
        .divide(SECONDS, 6, RoundingMode.HALF_UP);
  }

  /** Rounded up to cents: a small cost is not none. */
  private static String money(BigDecimal amount, Price price) {
    return amount.setScale(2, RoundingMode.CEILING).toPlainString() + " " + price.currency();
  }
}
