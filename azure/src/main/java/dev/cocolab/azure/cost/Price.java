package dev.cocolab.azure.cost;

import java.math.BigDecimal;

/**
 * What an hour of one machine costs.
 *
 * @param region e.g. {@code eastus}
 * @param size e.g. {@code Standard_DC2as_v5}
 * @param perHour above zero
 * @param currency ISO 4217, e.g. {@code USD}
 * @param source where it is from and as of when, for the report
 */
public record Price(
    String region, String size, BigDecimal perHour, String currency, String source) {
  /** Checks that it is a price. */
  public Price {
    if (perHour.signum() <= 0) {
      throw new IllegalArgumentException("a price is above zero");
    }
  }
}
