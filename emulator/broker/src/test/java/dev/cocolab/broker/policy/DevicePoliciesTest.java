package dev.cocolab.broker.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.broker.storage.StorageProvider;
import dev.cocolab.protocol.Profile.RegoSyntax;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The built-in policies for devices: one claim changed at a time. */
class DevicePoliciesTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Map<String, List<String>> ALLOWED =
      Map.of(
          "allowed_vbios_versions", List.of("96.00.9F.00.01"),
          "allowed_driver_versions", List.of("550.90.07"),
          "allowed_switch_bios_versions", List.of("96.10.55.00.01"));

  private final PolicyEngine policies =
      new PolicyEngine(
          new StorageProvider(StorageProvider.Type.MEMORY, Path.of("a"), Path.of("b")).open("p"),
          RegoSyntax.V1,
          true);

  DevicePoliciesTest() {
    BuiltInPolicies.attestation().forEach(policies::seed);
  }

  private static ObjectNode chain() {
    return JSON.objectNode()
        .put("x-nvidia-cert-ocsp-status", "good")
        .put("x-nvidia-cert-status", "valid");
  }

  private static ObjectNode rim(ObjectNode claims, String prefix) {
    for (String what :
        List.of(
            "fetched",
            "measurements-available",
            "schema-validated",
            "signature-verified",
            "version-match")) {
      claims.put(prefix + what, true);
    }
    return claims;
  }

  private static ObjectNode good(String device) {
    ObjectNode out = JSON.objectNode().put("secboot", true).put("dbgstat", "disabled");
    out.put("measres", "success");
    String prefix = "x-nvidia-" + device + "-";
    out.set(prefix + "attestation-report-cert-chain", chain());
    out.put(prefix + "attestation-report-cert-chain-fwid-match", true);
    out.put(prefix + "attestation-report-parsed", true);
    out.put(prefix + "attestation-report-signature-verified", true);
    out.put(prefix + "arch-check", true);
    if (device.equals("gpu")) {
      out.put("x-nvidia-gpu-vbios-version", "96.00.9F.00.01");
      out.put("x-nvidia-gpu-driver-version", "550.90.07");
      out.set("x-nvidia-gpu-vbios-rim-cert-chain", chain());
      return rim(rim(out, "x-nvidia-gpu-driver-rim-"), "x-nvidia-gpu-vbios-rim-");
    }
    out.put("x-nvidia-switch-bios-version", "96.10.55.00.01");
    out.set("x-nvidia-switch-bios-rim-cert-chain", chain());
    return rim(out, "x-nvidia-switch-bios-rim-");
  }

  private JsonNode ask(String teeClass, JsonNode input, Map<String, List<String>> values) {
    Evaluation evaluation =
        policies.evaluate(
            "default_" + teeClass,
            List.of("data.policy.trust_claims", "data.policy.extensions"),
            input,
            JSON.objectNode(),
            Optional.of(
                args -> {
                  List<String> known = values.get(args.get(0).asString());
                  if (known == null) {
                    return JSON.nullNode();
                  }
                  var out = JSON.arrayNode();
                  known.forEach(out::add);
                  return out;
                }));
    assertThat(evaluation.failure()).isEmpty();
    assertThat(evaluation.result("data.policy.extensions").ruleDefined()).isFalse();
    return evaluation.result("data.policy.trust_claims").value().orElseThrow();
  }

  /** hardware, executables, configuration. */
  private String verdict(String device, ObjectNode claims, Map<String, List<String>> values) {
    ObjectNode input = JSON.objectNode();
    input.set("nvidia", claims);
    JsonNode out = ask(device, input, values);
    assertThat(out).hasSize(8);
    return out.path("hardware") + " " + out.path("executables") + " " + out.path("configuration");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", "switch"})
  void allThatIsKnownIsAffirmed(String device) {
    assertThat(verdict(device, good(device), ALLOWED)).isEqualTo("2 3 2");
    assertThat(verdict(device, good(device), Map.of())).isEqualTo("2 3 3");
    assertThat(verdict(device, JSON.objectNode(), ALLOWED)).isEqualTo("97 33 36");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", "switch"})
  void eachClaimCountsForItsPart(String device) {
    for (String claim : new ArrayList<>(good(device).propertyNames())) {
      ObjectNode absent = good(device);
      absent.remove(claim);
      ObjectNode wrong = good(device).put(claim, false);

      String expected = expected(claim);
      assertThat(verdict(device, absent, ALLOWED)).as("without " + claim).isEqualTo(expected);
      assertThat(verdict(device, wrong, ALLOWED)).as("wrong " + claim).isEqualTo(expected);
    }
  }

  private static String expected(String claim) {
    if (claim.contains("-rim-") || claim.equals("measres")) {
      return "2 33 2";
    }
    if (claim.equals("secboot") || claim.equals("dbgstat")) {
      return "2 3 36";
    }
    return claim.endsWith("-version") ? "2 3 3" : "97 3 2";
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-nvidia-cert-ocsp-status", "x-nvidia-cert-status"})
  void certificatesMustBeGoodAndValid(String member) {
    ObjectNode report = good("gpu");
    report.set("x-nvidia-gpu-attestation-report-cert-chain", chain().put(member, "revoked"));
    assertThat(verdict("gpu", report, ALLOWED)).isEqualTo("97 3 2");

    ObjectNode rim = good("gpu");
    rim.set("x-nvidia-gpu-vbios-rim-cert-chain", chain().put(member, "revoked"));
    assertThat(verdict("gpu", rim, ALLOWED)).isEqualTo("2 33 2");
  }

  @Test
  void aProtectedTopologyIsTakenAsItIs() {
    JsonNode out = ask("ppcie", JSON.objectNode(), Map.of());

    assertThat(out.path("configuration").intValue()).isEqualTo(2);
    assertThat(out.path("hardware").intValue()).isZero();
    assertThat(out.path("executables").intValue()).isZero();
  }

  /** As upstream: the rule for it asks for data that is not there any more. */
  @Test
  void aSampleDeviceIsNeverAffirmedByTheBuiltInPolicy() {
    ObjectNode input = JSON.objectNode();
    input.putObject("sampledevice").put("svn", "2");

    assertThat(ask("gpu", input, Map.of("device_svn", List.of("2"))).path("hardware").intValue())
        .isEqualTo(97);
  }
}
