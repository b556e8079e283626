package dev.cocolab.broker.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The policies that are stored at start where none is there. */
public final class BuiltInPolicies {
  private BuiltInPolicies() {}

  /** The attestation policy for TEE class {@code cpu}. */
  public static String attestationCpu() {
    return read("default_cpu.rego");
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
