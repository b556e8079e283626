package dev.cocolab.evidence.nvidia;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The families of devices that evidence may name. */
enum Architecture {
  BLACKWELL("Blackwell"),
  HOPPER("Hopper"),
  LS10("LS10");

  private final String claim;

  Architecture(String claim) {
    this.claim = claim;
  }

  /** The name in claims. */
  String claimName() {
    return claim;
  }

  /** By the name in evidence: that of the claims, or the same in capitals. */
  static Optional<Architecture> of(String name) {
    return Arrays.stream(values())
        .filter(a -> a.claim.equals(name) || a.claim.toUpperCase(Locale.ROOT).equals(name))
        .findFirst();
  }
}
