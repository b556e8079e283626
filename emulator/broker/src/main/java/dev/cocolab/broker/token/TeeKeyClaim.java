package dev.cocolab.broker.token;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.TeePublicKey;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Finds the guest's public key in the claims of a token. The first place that is present decides.
 */
public final class TeeKeyClaim {
  private static final List<String> PLACES =
      List.of(
          "/tdx/attester_runtime_data/tee-pubkey",
          "/tdx/attester_user_data/tee-pubkey",
          "/customized_claims/runtime_data/tee-pubkey",
          "/submods/cpu0/ear.veraison.annotated-evidence/runtime_data_claims/tee-pubkey",
          "/tee-pubkey");

  private final List<JsonPointer> places = new ArrayList<>();

  /**
   * With places that are looked at before the built-in ones.
   *
   * @throws BrokerException CONFIGURATION for what is not a JSON pointer
   */
  public TeeKeyClaim(List<String> extra) {
    try {
      extra.forEach(place -> places.add(JsonPointer.compile(place)));
    } catch (IllegalArgumentException e) {
      throw new BrokerException(
          Reason.CONFIGURATION, "`extra_teekey_paths` must hold JSON pointers: " + e.getMessage());
    }
    PLACES.forEach(place -> places.add(JsonPointer.compile(place)));
  }

  /**
   * The guest's key.
   *
   * @throws BrokerException TOKEN when there is none, or it is not one
   */
  public TeePublicKey find(JsonNode claims) {
    for (JsonPointer place : places) {
      JsonNode key = claims.at(place);
      if (!key.isMissingNode()) {
        try {
          return TeePublicKey.parse(key);
        } catch (ProtocolException e) {
          throw new BrokerException(Reason.TOKEN, "Failed to parse Tee public key", e);
        }
      }
    }
    throw new BrokerException(Reason.TOKEN, "Tee public key not found in Attestation Token");
  }
}
