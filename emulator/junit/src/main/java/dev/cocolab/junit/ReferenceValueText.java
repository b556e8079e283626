package dev.cocolab.junit;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A reference value as the broker stores it. */
final class ReferenceValueText {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ReferenceValueText() {}

  static String of(String name, List<String> values) {
    ObjectNode out = JSON.createObjectNode();
    out.put("version", "0.1.0").put("name", name).put("expiration", "2099-12-31T00:00:00Z");
    values.forEach(out.putArray("value")::add);
    return JSON.writeValueAsString(out);
  }
}
