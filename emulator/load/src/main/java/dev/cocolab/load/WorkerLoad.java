package dev.cocolab.load;

import java.time.Duration;

/** The load of one worker, whose guests have been booted. */
interface WorkerLoad {
  /**
   * Looks whether the broker is there.
   *
   * @throws LoadException UNREACHABLE, UNTRUSTED or NOT_A_KBS
   */
  void check();

  /**
   * Makes the load, at once.
   *
   * @param warmup from now until what is measured counts
   */
  LoadResult run(Duration warmup) throws InterruptedException;

  /** Ends {@link #run} before its time; may be called from any thread. */
  void stop(String reason);
}
