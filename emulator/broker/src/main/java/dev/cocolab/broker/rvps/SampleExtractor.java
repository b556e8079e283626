package dev.cocolab.broker.rvps;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object from name to value, of which each member becomes a reference value as it is. */
final class SampleExtractor implements Extractor {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  @Override
  public List<Extracted> extract(byte[] manifest) {
    JsonNode root;
    try {
      root = MAPPER.readTree(manifest);
    } catch (JacksonException e) {
      throw new BrokerException(
          Reason.REFERENCE_VALUES,
          "parse payload",
          Extractor.refused(String.valueOf(e.getOriginalMessage())));
    }
    if (!root.isObject()) {
      throw Extractor.refused("the payload of type `sample` is not a JSON object");
    }
    return root.properties().stream()
        .map(member -> new Extracted(member.getKey(), member.getValue()))
        .toList();
  }
}
