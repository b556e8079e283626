package dev.cocolab.azure.preflight;

import dev.cocolab.azure.AzureException.Reason;
import java.util.Optional;

/**
 * What one check found.
 *
 * @param reason empty when all is well
 * @param remedy empty when all is well, or when the detail says it already
 */
record Finding(Optional<Reason> reason, String detail, String remedy) {
  static Finding ok(String detail) {
    return new Finding(Optional.empty(), detail, "");
  }

  static Finding failed(Reason reason, String detail, String remedy) {
    return new Finding(Optional.of(reason), detail, remedy);
  }
}
