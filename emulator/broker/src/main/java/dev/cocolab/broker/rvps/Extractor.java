package dev.cocolab.broker.rvps;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Takes reference values out of a manifest. Checks no signature, as upstream does not. */
sealed interface Extractor permits SampleExtractor, SwidExtractor, CorimExtractor {

  /**
   * A reference value.
   *
   * @param name what policies ask for
   * @param value what they get
   */
  record Extracted(String name, JsonNode value) {}

  /**
   * The values of a manifest, in its order; none where it has none.
   *
   * @param manifest the decoded payload of the message
   * @throws BrokerException REFERENCE_VALUES naming what is wrong with the manifest
   */
  List<Extracted> extract(byte[] manifest);

  /**
   * Decodes a payload: standard base64, padded.
   *
   * @throws BrokerException REFERENCE_VALUES
   */
  static byte[] decode(String payload) {
    try {
      if (payload.length() % 4 != 0) {
        throw new IllegalArgumentException("Invalid padding");
      }
      return Base64.getDecoder().decode(payload);
    } catch (IllegalArgumentException e) {
      throw new BrokerException(Reason.REFERENCE_VALUES, "payload is not base64", e);
    }
  }

  /** A manifest that cannot be read. */
  static BrokerException refused(String text) {
    return new BrokerException(Reason.REFERENCE_VALUES, text);
  }
}
