package dev.cocolab.load;

import java.util.concurrent.locks.LockSupport;

/** The time of a load, in nanoseconds from an arbitrary point, and waiting for it. */
interface Ticker {
  /** Now. */
  long now();

  /**
   * Waits until then, or not at all when it is past.
   *
   * @throws InterruptedException when the thread is interrupted
   */
  void awaitUntil(long nanos) throws InterruptedException;

  /** The machine's own time. */
  static Ticker ofMachine() {
    return new Ticker() {
      @Override
      public long now() {
        return System.nanoTime();
      }

      @Override
      public void awaitUntil(long nanos) throws InterruptedException {
        for (long left = nanos - now(); left > 0; left = nanos - now()) {
          LockSupport.parkNanos(this, left);
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
        }
      }
    };
  }
}
