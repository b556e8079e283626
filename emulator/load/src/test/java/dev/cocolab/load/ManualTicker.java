package dev.cocolab.load;

/** Time that passes only when somebody waits, and a little late each time. */
final class ManualTicker implements Ticker {
  private final long late;
  private long now;

  /** Wakes its sleepers so many nanoseconds too late. */
  ManualTicker(long late) {
    this.late = late;
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public void awaitUntil(long nanos) {
    now = Math.max(now, nanos + late);
  }
}
