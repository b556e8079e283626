package dev.cocolab.reports;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis: values to places along it, and the values that are written beside it.
 *
 * @param logarithmic whether equal steps are equal factors
 * @param least value at {@code from}
 * @param most value at {@code to}, above {@code least}
 */
record Scale(boolean logarithmic, double least, double most, double from, double to) {
  private static final int STEPS = 5;

  /** From 0 to a round number not below this value. */
  static Scale linear(double most, double from, double to) {
    double above = Math.max(most, 1e-9);
    double step = step(above);
    return new Scale(false, 0, step * Math.ceil(above / step - 1e-9), from, to);
  }

  /** Between 1, 2 or 5 times a power of ten below and above these values, both above 0. */
  static Scale logarithmic(double least, double most, double from, double to) {
    return new Scale(
        true, round(least, false), round(Math.max(most, least * 1.01), true), from, to);
  }

  double at(double value) {
    double part =
        logarithmic
            ? Math.log(Math.max(value, least) / least) / Math.log(most / least)
            : (value - least) / (most - least);
    return from + part * (to - from);
  }

  List<Double> ticks() {
    List<Double> found = new ArrayList<>();
    if (logarithmic) {
      double decades = Math.log10(most / least);
      for (double ten = Math.pow(10, Math.floor(Math.log10(least)));
          ten <= most * 1.001;
          ten *= 10) {
        for (int digit : decades > 2.5 ? new int[] {1} : new int[] {1, 2, 5}) {
          if (ten * digit >= least * .999 && ten * digit <= most * 1.001) {
            found.add(ten * digit);
          }
        }
      }
    } else {
      double step = step(most);
      for (int i = 0; i * step <= most * 1.001; i++) {
        found.add(i * step);
      }
    }
    return found;
  }

  /** As short as can be. */
  static String text(double value) {
    String text = String.format(Locale.ROOT, value >= 1 || value == 0 ? "%.1f" : "%.3f", value);
    return text.replaceFirst("\\.?0+$", "");
  }

  private static double step(double most) {
    double raw = most / STEPS;
    double ten = Math.pow(10, Math.floor(Math.log10(raw)));
    for (double digit : new double[] {1, 2, 5}) {
      if (ten * digit >= raw * .999) {
        return ten * digit;
      }
    }
    return ten * 10;
  }

  private static double round(double value, boolean up) {
    double ten = Math.pow(10, Math.floor(Math.log10(value)));
    double found = ten;
    for (double digit : new double[] {1, 2, 5, 10}) {
      if (up && ten * digit >= value * .999) {
        return ten * digit;
      }
      if (!up && ten * digit <= value * 1.001) {
        found = ten * digit;
      }
    }
    return found;
  }
}
