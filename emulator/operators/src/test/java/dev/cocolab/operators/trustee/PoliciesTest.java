package dev.cocolab.operators.trustee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.rego.RegoDialect;
import dev.cocolab.rego.RegoEngine;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

/** Evaluates the policies as Trustee does. */
class PoliciesTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  @Test
  void azureSnpIsAffirmedWhenAllFiveRegistersAreListed() {
    JsonNode claims = cpu(azure("snp"), registers("snp", "aa"));
    assertThat(claims.path("executables").asInt()).isEqualTo(3);
    assertThat(claims.path("hardware").asInt()).isEqualTo(2);
    assertThat(claims.path("configuration").asInt()).isEqualTo(2);
    assertThat(claims.path("file-system").asInt()).isZero();
    assertThat(claims.size()).isEqualTo(8);
  }

  @Test
  void oneRegisterThatIsNotListedGivesAWarning() {
    Map<String, String> values = Map.of("snp_pcr03", "[\"aa\"]", "snp_pcr08", "[\"bb\"]");
    JsonNode claims = cpu(azure("snp"), values);
    assertThat(claims.path("executables").asInt()).isEqualTo(33);
    assertThat(claims.path("hardware").asInt()).isEqualTo(2);
  }

  @Test
  void azureTdxNeedsAPlatformThatIsUpToDate() {
    String input =
        azure("tdx")
            .replace(
                "\"tpm\"",
                "\"tcb_status\":\"UpToDate\",\"quote\":{\"header\":{\"tee_type\":\"81000000\","
                    + "\"vendor_id\":\"939a7233f79c4ca9940a0db3957f0607\"}},\"tpm\"");
    assertThat(cpu(input, registers("tdx", "aa")).path("hardware").asInt()).isEqualTo(2);
    assertThat(
            cpu(input.replace("UpToDate", "OutOfDate"), registers("tdx", "aa"))
                .path("hardware")
                .asInt())
        .isEqualTo(97);
  }

  @Test
  void snpWithoutRegisteredSettingsIsAtLeastNotDebuggable() {
    String input = "{\"snp\":{\"policy_debug_allowed\":%s,\"policy_migrate_ma\":false}}";
    assertThat(cpu(input.formatted("false"), Map.of()).path("configuration").asInt()).isEqualTo(3);
    assertThat(cpu(input.formatted("true"), Map.of()).path("configuration").asInt()).isEqualTo(36);
  }

  @Test
  void tdxWithRegistersButWithoutItsEventLogIsBootLoaderGrade() {
    String input = "{\"tdx\":{\"quote\":{\"body\":{\"rtmr_1\":\"r1\",\"rtmr_2\":\"r2\"}}}}";
    Map<String, String> values = Map.of("rtmr_1", "[\"r1\"]", "rtmr_2", "[\"r2\"]");
    assertThat(cpu(input, values).path("executables").asInt()).isEqualTo(4);
  }

  @Test
  void theSampleDeviceIsContraindicatedWithoutReferenceValues() {
    JsonNode claims = cpu("{\"sample\":{\"svn\":\"1\",\"debug\":false}}", Map.of());
    assertThat(claims.path("hardware").asInt()).isEqualTo(97);
    assertThat(claims.path("configuration").asInt()).isEqualTo(2);
  }

  @Test
  void identifiersComeFromTheAgentsPolicy() {
    RegoEngine engine = engine(Texts.ATTESTATION_POLICY_CPU.read(), Map.of());
    String policy =
        "{\"init_data_claims\":{\"agent_policy_claims\":{\"containers\":[{\"OCI\":{\"Annotations\":"
            + "{\"io.kubernetes.cri.image-name\":\"quay.io/a/b:1\"},\"Process\":{\"User\":{\"UID\":1001}}}}]}}}";
    JsonNode extensions = evaluate(engine, "data.policy.extensions", policy, "{}");
    assertThat(extensions.at("/0/value/validated").toString())
        .isEqualTo("{\"container_images\":[\"quay.io/a/b:1\"],\"container_uids\":[1001]}");
    assertThat(
            evaluate(engine, "data.policy.extensions", "{}", "{}")
                .at("/0/value/validated")
                .isEmpty())
        .isTrue();
  }

  @Test
  void resourcesGoOnlyToFullyRecognisedGuests() {
    RegoEngine engine = engine(Texts.RESOURCE_POLICY_RESTRICTIVE.read(), Map.of());
    String token =
        "{\"submods\":{\"cpu0\":{\"ear.trustworthiness-vector\":{\"executables\":%d,\"hardware\":2,\"configuration\":2}}}}";
    assertThat(allowed(engine, token.formatted(3))).isTrue();
    assertThat(allowed(engine, token.formatted(33))).isFalse();
    assertThat(allowed(engine, token.formatted(0))).isFalse();
    assertThat(allowed(engine, "{\"submods\":{}}")).isFalse();
    assertThat(allowed(engine, "{}")).isFalse();
  }

  @Test
  void aGpuIsRecognisedByItsSignedReport() {
    RegoEngine engine = engine(Texts.ATTESTATION_POLICY_GPU.read(), Map.of());
    String gpu =
        "{\"nvidia\":{\"secboot\":true,\"dbgstat\":\"disabled\",\"x-nvidia-gpu-arch-check\":true,"
            + "\"x-nvidia-gpu-attestation-report-cert-chain\":{\"x-nvidia-cert-status\":\"valid\","
            + "\"x-nvidia-cert-ocsp-status\":\"good\"},\"x-nvidia-gpu-attestation-report-cert-chain-fwid-match\":true,"
            + "\"x-nvidia-gpu-attestation-report-parsed\":true,"
            + "\"x-nvidia-gpu-attestation-report-signature-verified\":true}}";
    JsonNode claims = evaluate(engine, "data.policy.trust_claims", gpu, "{}");
    assertThat(claims.path("hardware").asInt()).isEqualTo(2);
    assertThat(claims.path("configuration").asInt()).isEqualTo(3);
    assertThat(claims.path("executables").asInt()).isEqualTo(33);
  }

  private static boolean allowed(RegoEngine engine, String token) {
    return evaluate(engine, "data.policy.allow", token, "{\"plugin\":\"resource\"}").asBoolean();
  }

  private static String azure(String tee) {
    return "{\"az-"
        + tee
        + "-vtpm\":{\"tpm\":{\"pcr03\":\"aa\",\"pcr08\":\"aa\",\"pcr09\":\"aa\",\"pcr11\":\"aa\","
        + "\"pcr12\":\"aa\"}}}";
  }

  private static Map<String, String> registers(String tee, String value) {
    String list = "[\"" + value + "\"]";
    return Map.of(
        tee + "_pcr03",
        list,
        tee + "_pcr08",
        list,
        tee + "_pcr09",
        list,
        tee + "_pcr11",
        list,
        tee + "_pcr12",
        list);
  }

  private static JsonNode cpu(String input, Map<String, String> referenceValues) {
    RegoEngine engine = engine(Texts.ATTESTATION_POLICY_CPU.read(), referenceValues);
    return evaluate(engine, "data.policy.trust_claims", input, "{}");
  }

  private static RegoEngine engine(String policy, Map<String, String> referenceValues) {
    return RegoEngine.builder()
        .dialect(RegoDialect.V1)
        .module("policy.rego", policy)
        .extension(
            "query_reference_value",
            1,
            args -> {
              String value = referenceValues.get(args.get(0).asString());
              return value == null ? NullNode.getInstance() : JSON.readTree(value);
            })
        .strictBuiltinErrors(true)
        .build();
  }

  private static JsonNode evaluate(RegoEngine engine, String rule, String input, String data) {
    return engine.evaluate(rule, JSON.readTree(input), JSON.readTree(data)).value().orElseThrow();
  }
}
