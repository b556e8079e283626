package dev.cocolab.evidence;

import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a verifier found to be true about one TEE.
 *
 * @param tee the kind of TEE
 * @param teeClass the class that selects the policy: {@code cpu} for every TEE but the devices
 * @param claims the claims in the names and types of Trustee's verifier; {@code init_data} and
 *     {@code report_data}, where present, are strings at the top level
 */
public record TeeClaims(Tee tee, String teeClass, ObjectNode claims) {

  /** Class of a TEE that is a processor. */
  public static final String CPU = "cpu";

  /** Class of a TEE that is a graphics processor, and of sample devices. */
  public static final String GPU = "gpu";

  public TeeClaims {
    Objects.requireNonNull(tee, "tee");
    Objects.requireNonNull(teeClass, "teeClass");
    claims = claims.deepCopy();
  }

  /** A copy; changing it changes nothing here. */
  @Override
  public ObjectNode claims() {
    return claims.deepCopy();
  }
}
