package dev.cocolab.azure.control;

import java.time.Duration;

/** A deletion that has been accepted. */
public interface Deletion {
  /** True when it is through. */
  boolean done();

  /**
   * Asks once how far it is; afterwards {@link #done} and {@link #pause} are up to date.
   *
   * @throws dev.cocolab.azure.AzureException REFUSED when it failed, or as {@link CloudControl}
   */
  void poll();

  /** How long Azure wants us to wait before the next {@link #poll}. */
  Duration pause();
}
