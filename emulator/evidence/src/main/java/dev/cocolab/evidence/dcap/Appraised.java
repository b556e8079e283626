package dev.cocolab.evidence.dcap;

import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * A quote that is genuine.
 *
 * @param claims what Trustee adds to the claims of a quote
 * @param anchor whose root vouched for it: {@code emulated} or {@code Intel}
 * @param status how the platform stands; never {@link TcbStatus#REVOKED}
 * @param expired whether a certificate or a piece of collateral was not valid at the time
 */
public record Appraised(ObjectNode claims, String anchor, TcbStatus status, boolean expired) {
  /** Copies the claims. */
  public Appraised {
    claims = claims.deepCopy();
    Objects.requireNonNull(anchor, "anchor");
    Objects.requireNonNull(status, "status");
  }

  /** A copy; changing it changes nothing here. */
  @Override
  public ObjectNode claims() {
    return claims.deepCopy();
  }
}
