package dev.cocolab.steps.run;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.opentest4j.TestAbortedException;

/**
 * Who runs at the same time as whom: scenarios with {@value #ALONE} measure, so nobody else may
 * keep the machine busy meanwhile; all others run beside each other. First come, first served, so
 * that nobody waits for ever.
 */
public final class Turns {
  /** Tag of a scenario that runs while no other does. */
  public static final String ALONE = "@alone";

  private final ReentrantReadWriteLock turns = new ReentrantReadWriteLock(true);

  /**
   * Waits for a turn.
   *
   * @return to be released by the same thread
   * @throws TestAbortedException when the thread is interrupted
   */
  public Turn take(boolean alone) {
    Lock lock = alone ? turns.writeLock() : turns.readLock();
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestAbortedException("skipped: interrupted before its turn", e);
    }
    return lock::unlock;
  }

  /** The right to run, until it is given back. */
  @FunctionalInterface
  public interface Turn {
    /** Lets others run. */
    void end();
  }
}
