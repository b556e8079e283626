package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.TeeClaims;
import java.util.Objects;

/**
 * A guest on SEV-SNP whose evidence is genuine.
 *
 * @param claims what the evidence proves
 * @param generation the processor
 * @param anchor whose authority vouched for it: {@code AMD} or {@code emulated}
 */
public record VerifiedGuest(TeeClaims claims, AmdGeneration generation, String anchor) {
  /** Checks that nothing is missing. */
  public VerifiedGuest {
    Objects.requireNonNull(claims, "claims");
    Objects.requireNonNull(generation, "generation");
    Objects.requireNonNull(anchor, "anchor");
  }
}
