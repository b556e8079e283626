package dev.cocolab.rego;

import static dev.cocolab.rego.Policies.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ResourcePolicyTest {

  private static final RegoEngine RESTRICTIVE =
      Policies.engine(Policies.text("resource-restrictive.rego"));
  private static final RegoEngine PODS =
      Policies.engine(Policies.text("resource-restrict-pods.rego"));

  private static JsonNode token(String status, int executables, String initData) {
    return json(
        "{'submods': {'cpu0': {'ear.status': '"
            + status
            + "', 'ear.trustworthiness-vector': {'executables': "
            + executables
            + ", 'hardware': 2, 'configuration': 2}, 'ear.veraison.annotated-evidence':"
            + " {'init_data': '"
            + initData
            + "'}}}}");
  }

  private static JsonNode request(String name) {
    return json("{'plugin': 'resource', 'resource-path': ['default', '" + name + "', 'key']}");
  }

  private static boolean allows(RegoEngine engine, JsonNode token, JsonNode request) {
    return engine.evaluate("data.policy.allow", token, request).value().orElseThrow().asBoolean();
  }

  @Test
  void restrictivePolicyWantsEverySubmodAffirming() {
    assertThat(allows(RESTRICTIVE, token("affirming", 3, "x"), request("k"))).isTrue();
    assertThat(allows(RESTRICTIVE, token("warning", 33, "x"), request("k"))).isFalse();
    assertThat(allows(RESTRICTIVE, json("{'submods': {}}"), request("k"))).isFalse();
    assertThat(allows(RESTRICTIVE, json("{}"), request("k"))).isFalse();
    assertThat(
            allows(
                RESTRICTIVE,
                json(
                    "{'submods': {'cpu0': {'ear.status': 'affirming'}, 'gpu0': {'ear.status':"
                        + " 'none'}}}"),
                request("k")))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "p1-secret, aa11, affirming, 3, true",
    "p1-secret, bb22, affirming, 3, false",
    "p2-secret, bb22, affirming, 3, true",
    "p2-secret, aa11, affirming, 3, false",
    "p1-secret, aa11, warning, 33, false",
    "attestation-status, bb22, affirming, 3, true",
    "attestation-status, bb22, affirming, 33, false",
    "attestation-status, bb22, warning, 3, false",
  })
  void eachPodGetsItsOwnSecretAndWhatIsShared(
      String secret, String initData, String status, int executables, boolean allowed) {
    assertThat(allows(PODS, token(status, executables, initData), request(secret)))
        .isEqualTo(allowed);
  }

  @Test
  void ruleOfAnotherPackageIsNotDefined() {
    RegoResult result =
        Policies.engine("package other\nallow := true")
            .evaluate("data.policy.allow", token("affirming", 3, "x"), request("k"));

    assertThat(result.ruleDefined()).isFalse();
    assertThat(result.value()).isEmpty();
  }

  @Test
  void dataCannotReplaceARule() {
    JsonNode data = json("{'policy': {'allow': true}, 'resource-path': ['a', 'b', 'c']}");

    assertThat(allows(RESTRICTIVE, token("none", 0, "x"), data)).isFalse();
  }
}
