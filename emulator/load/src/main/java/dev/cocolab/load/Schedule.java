package dev.cocolab.load;

/**
 * When attestations are due at a fixed rate. A late one does not move those after it: the rate is
 * what was asked for, whatever the server does.
 *
 * @param start when the first is due, nanoseconds
 * @param perSecond how many are due a second
 */
record Schedule(long start, double perSecond) {
  private static final double SECOND = 1e9;

  Schedule {
    if (!(perSecond > 0) || Double.isInfinite(perSecond)) {
      throw new IllegalArgumentException("a rate is above 0, not " + perSecond);
    }
  }

  /** When number {@code index}, counted from 0, is due; what is centuries away is due then. */
  long due(long index) {
    long after = Math.round(index * SECOND / perSecond);
    return after > Long.MAX_VALUE / 2 - Math.abs(start) ? Long.MAX_VALUE / 2 : start + after;
  }

  /** How many are due before then. */
  long countBefore(long then) {
    if (then <= start) {
      return 0;
    }
    // An estimate, put right: the rounding of due() is the truth.
    long count = Math.max(0, (long) ((then - start) * perSecond / SECOND) - 1);
    while (due(count) < then) {
      count++;
    }
    while (count > 0 && due(count - 1) >= then) {
      count--;
    }
    return count;
  }
}
