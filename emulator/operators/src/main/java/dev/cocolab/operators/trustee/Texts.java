package dev.cocolab.operators.trustee;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The texts that the operator hands out: configuration, policies and definitions. */
enum Texts {
  KBS_CONFIG_RESTRICTED("kbs-config-restricted.toml"),
  RESOURCE_POLICY_RESTRICTIVE("resource-policy-restrictive.rego"),
  ATTESTATION_POLICY_CPU("attestation-policy-cpu.rego"),
  ATTESTATION_POLICY_GPU("attestation-policy-gpu.rego"),
  KBS_CONFIG_CRD("kbsconfig-crd.yaml"),
  TRUSTEE_CONFIG_CRD("trusteeconfig-crd.yaml"),
  ROUTE_CRD("route-crd.yaml");

  private final String file;

  Texts(String file) {
    this.file = file;
  }

  String read() {
    try (InputStream in = Texts.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
