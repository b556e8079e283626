package dev.cocolab.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.hcl.VariableData;
import dev.cocolab.evidence.hcl.VmConfiguration;
import dev.cocolab.evidence.snp.FirmwareVersion;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.TcbVersion;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is read from captured bytes and written again is the same bytes. */
class RoundTripTest {

  private static Map<String, byte[]> hclReports(Vectors vectors) {
    Map<String, byte[]> reports = new LinkedHashMap<>();
    reports.put("stand-alone", vectors.bytes("az-snp-vtpm/hcl-report.bin"));
    for (String version : List.of("v0", "v2")) {
      JsonNode json = vectors.json("az-snp-vtpm/evidence-" + version + ".json");
      reports.put(version, AzSnpVtpmEvidence.parse(json).hclReport());
    }
    return reports;
  }

  @Test
  void snpReportsAreWrittenFieldByFieldAsTheyWereRead() {
    Vectors vectors = Vectors.required();
    Map<String, byte[]> reports = new LinkedHashMap<>();
    hclReports(vectors)
        .forEach((name, hcl) -> reports.put(name, Arrays.copyOfRange(hcl, 32, 1216)));
    reports.put("bare metal, version 2", vectors.bytes("snp/test-report.bin"));
    reports.put("bare metal, Genoa", vectors.bytes("snp/evidence-e2e-genoa.report.bin"));

    reports.forEach(
        (name, bytes) ->
            assertThat(SnpReport.parse(bytes).toBuilder().build().bytes())
                .as(name)
                .isEqualTo(bytes));
  }

  @Test
  void hclReportsAreWrittenAsTheyWereRead() {
    hclReports(Vectors.required())
        .forEach(
            (name, bytes) -> {
              HclReport report = HclReport.parse(bytes);
              HclReport written = HclReport.of(report.snpReport(), report.variableData());
              assertThat(written.bytes()).as(name).isEqualTo(bytes);
            });
  }

  @Test
  void variableDataIsWrittenAsItWasRead() {
    hclReports(Vectors.required())
        .forEach(
            (name, bytes) -> {
              HclReport report = HclReport.parse(bytes);
              JsonNode json = JsonMapper.builder().build().readTree(report.variableData());
              byte[] written =
                  VariableData.encode(
                      report.attestationKey(),
                      endorsementKey(json),
                      new VmConfiguration(
                          true,
                          true,
                          true,
                          UUID.fromString(
                              json.path("vm-configuration").path("vmUniqueId").asString())),
                      report.userData());
              assertThat(new String(written, StandardCharsets.UTF_8))
                  .as(name)
                  .isEqualTo(new String(report.variableData(), StandardCharsets.UTF_8));
            });
  }

  private static RSAPublicKey endorsementKey(JsonNode json) {
    byte[] modulus = Base64.getUrlDecoder().decode(json.path("keys").path(1).path("n").asString());
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA")
              .generatePublic(
                  new RSAPublicKeySpec(new BigInteger(1, modulus), BigInteger.valueOf(65537)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void quotesAreWrittenAsTheyWereRead() {
    Vectors vectors = Vectors.required();
    List<byte[]> messages =
        List.of(
            AzSnpVtpmEvidence.parse(vectors.json("az-snp-vtpm/evidence-v0.json")).quote().message(),
            AzSnpVtpmEvidence.parse(vectors.json("az-snp-vtpm/evidence-v2.json")).quote().message(),
            HexFormat.of()
                .parseHex(vectors.json("az-snp-vtpm/tpm-quote-v1.json").path("message").asString()),
            vectors.bytes("az-snp-vtpm/tpm-quote.msg"),
            HexFormat.of()
                .parseHex(vectors.json("az-tdx-vtpm/tpm-quote-v1.json").path("message").asString()),
            Base64.getDecoder()
                .decode(
                    vectors
                        .json("tpm/tpm_evidence.json")
                        .path("tpm_quote")
                        .path("message")
                        .asString()));
    for (byte[] message : messages) {
      TpmsAttest attest = TpmsAttest.parse(message);
      assertThat(attest.encode()).isEqualTo(message);
      assertThat(message).hasSize(113 + attest.extraData().length);
    }
  }

  @Test
  void bareMetalReportsOfTheVectorsHaveTheFieldsThatAreExpected() {
    Vectors vectors = Vectors.required();
    SnpReport genoa = SnpReport.parse(vectors.bytes("snp/evidence-e2e-genoa.report.bin"));
    JsonNode claims = vectors.json("expected/snp-evidence-e2e-genoa.claims.json");
    HexFormat hex = HexFormat.of();

    assertThat(genoa.generation()).isEqualTo(AmdGeneration.GENOA);
    assertThat(hex.formatHex(genoa.measurement())).isEqualTo(claims.path("measurement").asString());
    assertThat(hex.formatHex(genoa.reportData())).isEqualTo(claims.path("report_data").asString());
    assertThat(hex.formatHex(genoa.hostData())).isEqualTo(claims.path("init_data").asString());
    assertThat(hex.formatHex(genoa.chipId())).isEqualTo(claims.path("chip_id").asString());
    assertThat(genoa.reportedTcb().snp()).isEqualTo(claims.path("reported_tcb_snp").asInt());
    assertThat(genoa.reportedTcb().microcode())
        .isEqualTo(claims.path("reported_tcb_microcode").asInt());
    assertThat(genoa.policy().abiMinor()).isEqualTo(claims.path("policy_abi_minor").asInt());
    assertThat(genoa.policy().smtAllowed())
        .isEqualTo(claims.path("policy_smt_allowed").asBoolean());
    assertThat(genoa.platformInfo().tsmeEnabled())
        .isEqualTo(claims.path("platform_tsme_enabled").asBoolean());
  }

  @Test
  void versionFiveHasMitigationVectorsAndTurinItsOwnTcbLayout() {
    TcbVersion tcb = new TcbVersion(OptionalInt.of(1), 2, 3, 4, 0xdb);
    byte[] chip = Arrays.copyOf(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 64);

    SnpReport report =
        SnpReport.builder()
            .version(5)
            .cpuid(0x1a, 0x02, 1)
            .chipId(chip)
            .currentTcb(tcb)
            .committedTcb(tcb)
            .launchTcb(tcb)
            .reportedTcb(tcb)
            .currentVersion(new FirmwareVersion(1, 58, 3))
            .mitigations(7, -9)
            .build();

    SnpReport read = SnpReport.parse(report.bytes());
    assertThat(read.reportedTcb()).isEqualTo(tcb);
    assertThat(read.launchMitigations()).isEqualTo(OptionalLong.of(7));
    assertThat(read.currentMitigations()).isEqualTo(OptionalLong.of(-9));
    assertThat(read.currentVersion()).isEqualTo(new FirmwareVersion(1, 58, 3));
    assertThat(read.generation()).isEqualTo(AmdGeneration.TURIN);
    assertThat(read.toBuilder().build().bytes()).isEqualTo(report.bytes());
    assertThat(Arrays.copyOfRange(report.bytes(), 0x180, 0x188))
        .isEqualTo(HexFormat.of().parseHex("01020304000000db"));
  }

  @Test
  void fieldsThatAVersionDoesNotHaveCannotBeWritten() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SnpReport.builder().version(2).cpuid(0x19, 1, 1))
        .withMessage("no CPUID values before report version 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SnpReport.builder().version(4).mitigations(0, 0))
        .withMessage("no mitigation vectors before report version 5");
  }
}
