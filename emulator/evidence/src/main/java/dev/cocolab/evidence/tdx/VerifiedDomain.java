package dev.cocolab.evidence.tdx;

import dev.cocolab.evidence.TeeClaims;
import java.util.Objects;

/**
 * A trust domain whose evidence is genuine.
 *
 * @param claims what the evidence proves
 * @param anchor whose root vouched for it: {@code Intel} or {@code emulated}
 */
public record VerifiedDomain(TeeClaims claims, String anchor) {
  /** Checks that nothing is missing. */
  public VerifiedDomain {
    Objects.requireNonNull(claims, "claims");
    Objects.requireNonNull(anchor, "anchor");
  }
}
