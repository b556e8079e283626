package dev.cocolab.broker.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The policies that are stored at start where none is there. */
public final class BuiltInPolicies {
  private BuiltInPolicies() {}

  /** The attestation policies by id, one for each TEE class. */
  public static Map<String, String> attestation() {
    Map<String, String> out = new LinkedHashMap<>();
    for (String teeClass : List.of("cpu", "gpu", "switch", "ppcie")) {
      out.put("default_" + teeClass, read("default_" + teeClass + ".rego"));
    }
    return out;
  }

  /** The resource policy: any TEE but sample evidence. */
  public static String resource() {
    return read("resource-policy.rego");
  }

  private static String read(String name) {
    try (InputStream in = BuiltInPolicies.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + name + " of this module", e);
    }
  }
}
