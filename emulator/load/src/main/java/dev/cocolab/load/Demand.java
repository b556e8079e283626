package dev.cocolab.load;

/** How much load. */
public sealed interface Demand {
  /**
   * A number of clients, each of which begins its next attestation when the last has ended.
   *
   * @param count 1 to 1024
   */
  record Clients(int count) implements Demand {}

  /**
   * Attestations at fixed times, whether or not those before have ended; as many clients as that
   * needs, up to {@link LoadPlan#MOST_CLIENTS}.
   *
   * @param perSecond above 0
   */
  record Rate(double perSecond) implements Demand {}
}
