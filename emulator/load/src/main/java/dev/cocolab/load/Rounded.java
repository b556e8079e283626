package dev.cocolab.load;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers with as many decimals as mean something. */
final class Rounded {
  private Rounded() {}

  static double to(double value, int decimals) {
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP).doubleValue();
  }
}
