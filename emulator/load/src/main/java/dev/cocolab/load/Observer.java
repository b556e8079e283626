package dev.cocolab.load;

/** Is told where a load stands, on the thread that runs it. */
public interface Observer {
  /** The warm-up is over; from now on it counts. */
  void measuring();

  /** The time is over; answers that are on their way are still awaited. */
  void measured();
}
