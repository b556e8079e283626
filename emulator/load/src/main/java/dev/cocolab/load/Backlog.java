package dev.cocolab.load;

import java.util.OptionalLong;

/**
 * What is due and has not begun, by its number in the schedule: however far a load falls behind, it
 * takes no memory. Safe for use by several threads.
 */
final class Backlog {
  private long due;
  private long begun;
  private boolean closed;

  /** From now on so many are due, from the start on; never fewer than before. */
  synchronized void dueUntil(long count) {
    due = Math.max(due, count);
    notifyAll();
  }

  /** The next that is due, which begins now; waits for it. Empty once closed. */
  synchronized OptionalLong take() throws InterruptedException {
    while (begun >= due && !closed) {
      wait();
    }
    return closed ? OptionalLong.empty() : OptionalLong.of(begun++);
  }

  /** Lets nobody take any more, nor wait. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** How many have begun; the number of the first that has not. */
  synchronized long begun() {
    return begun;
  }

  /** How many are due. */
  synchronized long due() {
    return due;
  }
}
