package dev.cocolab.evidence.nvidia;

import static dev.cocolab.evidence.nvidia.TestGpu.INTERMEDIATE;
import static dev.cocolab.evidence.nvidia.TestGpu.LEAF;
import static dev.cocolab.evidence.nvidia.TestGpu.ROOT;
import static dev.cocolab.evidence.nvidia.TestGpu.block;
import static dev.cocolab.evidence.nvidia.TestGpu.field;
import static dev.cocolab.evidence.nvidia.TestGpu.joined;
import static dev.cocolab.evidence.nvidia.TestGpu.message;
import static dev.cocolab.evidence.nvidia.TestGpu.opaque;
import static dev.cocolab.evidence.nvidia.TestGpu.pem;
import static dev.cocolab.evidence.nvidia.TestGpu.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a device signs, or its chain says, that is not what it should. */
class NvidiaMutationTest {

  private static final String CHAIN = pem(LEAF, INTERMEDIATE, ROOT);

  private static EvidenceException refused(ObjectNode evidence, Refusal reason) {
    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> TestGpu.verify(evidence));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.reason()).as(refusal.chain()).isEqualTo(reason);
    return refusal;
  }

  private static void refusedReport(byte[] message, String text) {
    assertThat(
            refused(
                TestGpu.evidence(signed(message, LEAF), CHAIN), Refusal.NVIDIA_REPORT_MALFORMED))
        .hasMessage(text);
  }

  private static ObjectNode device(ObjectNode evidence) {
    return (ObjectNode) evidence.path("device_evidence_list").path(0);
  }

  @Test
  void aDeviceIsAccepted() {
    JsonNode claims = TestGpu.verify(TestGpu.evidence()).get(0).claims();

    assertThat(claims.path("uuid").asString()).isEqualTo("unknown");
    assertThat(claims.path("config").path("vbios_version").asString()).isEqualTo("96.00.9f.00.01");
    assertThat(claims.path("config").path("driver_version").asString()).isEqualTo("550.90.07");
    assertThat(claims.path("measurements").path("1").asString()).hasSize(96);
  }

  @Test
  void everyDeviceOfAListIsChecked() {
    ObjectNode two = TestGpu.evidence();
    two.withArray("device_evidence_list").add(device(TestGpu.evidence()));
    assertThat(TestGpu.verify(two)).hasSize(2);

    device(two).put("arch", "Blackwell");

    assertThat(refused(two, Refusal.NVIDIA_ARCHITECTURE))
        .hasMessage("Device architecture not supported");
  }

  @Test
  void fieldsOfTheDeviceAreShownByTheirKind() {
    byte[] fields =
        joined(
            opaque(),
            field(1, new byte[] {1, 2}),
            field(12, new byte[] {1, 0, 0, 0, -1, -1, -1, -1}),
            field(22, new byte[16]),
            field(34, new byte[] {2}),
            field(35, "GH100\0\0"),
            field(36, new byte[] {2, 0}));

    JsonNode config =
        TestGpu.verify(TestGpu.evidence(signed(message(fields), LEAF), CHAIN))
            .get(0)
            .claims()
            .path("config");

    assertThat(config.path("cert_issuer_name").asString()).isEqualTo("0102");
    assertThat(config.path("measurement_count").toString()).isEqualTo("{\"1\":1,\"2\":4294967295}");
    assertThat(config.path("switch_pdi")).hasSize(2);
    assertThat(config.path("opaque_data_version").asInt()).isEqualTo(2);
    assertThat(config.path("chip_info").asString()).isEqualTo("GH100");
    assertThat(config.path("feature_flag").asString()).isEqualTo("PPCIE");
  }

  @Test
  void malformedReportsAreRefusedThoughSigned() {
    refusedReport(message(joined(opaque(), field(255, "x"))), "Invalid OpaqueDataType 255");
    refusedReport(
        message(joined(opaque(), field(3, "again"))), "Duplicated OpaqueDataType: driver_version");
    refusedReport(
        message(field(20, TestGpu.FWID)),
        "Both vbios_version and driver_version must be present in the report");
    refusedReport(
        message(joined(opaque(), field(22, "1234567"))), "OpaqueDataType is not multiple of 8");
    refusedReport(
        message(joined(opaque(), field(12, "123"))), "OpaqueDataType is not multiple of 4");
    refusedReport(
        message(joined(opaque(), field(12, new byte[1024]))), "more than 255 measurement counts");
    refusedReport(
        message(joined(opaque(), field(34, "123456789"))),
        "OpaqueDataType integer larger than 8 bytes");
    refusedReport(
        message(joined(field(3, "d"), field(6, ""), field(20, TestGpu.FWID))),
        "Invalid gpu vbios version");
    refusedReport(
        message(joined(opaque(), new byte[] {1, 0, 9, 0, 1})),
        "OpaqueData overflow: offset 0x52, data_size 0x9");
    byte[] cut = block(1, new byte[48]);
    cut[5] = 49;
    refusedReport(message(opaque(), cut), "DMTF measurement overflow");
    refusedReport(
        message(opaque(), new byte[] {1, 1, 2, 0, 1, 0}),
        "DMTF measurement must be bigger than 3 bytes");
    refusedReport(message(opaque(), new byte[] {1, 1, 9, 0, 1}), "Measurement overflow");
    refusedReport(message(opaque(), new byte[] {1, 1}), "MeasurementBlock overflow");
  }

  @Test
  void aReportNamesTheFirmwareOfItsKey() {
    byte[] none = joined(field(3, "d"), field(6, "v"));
    assertThat(refused(TestGpu.evidence(signed(message(none), LEAF), CHAIN), Refusal.NVIDIA_FWID))
        .hasMessage("Nvidia report fwid not found");

    byte[] other = joined(none, field(20, new byte[48]));
    assertThat(refused(TestGpu.evidence(signed(message(other), LEAF), CHAIN), Refusal.NVIDIA_FWID))
        .hasMessage(
            "Fwid mismatch: certificate " + "5a".repeat(48) + ", evidence " + "00".repeat(48));

    TestGpu.Issued without =
        TestGpu.issue(
            "Leaf", INTERMEDIATE, false, LEAF.key(), Vectors.CLOCK.instant(), Optional.empty());
    assertThat(
            refused(
                TestGpu.evidence(TestGpu.report(), pem(without, INTERMEDIATE, ROOT)),
                Refusal.NVIDIA_FWID))
        .hasMessage("FwId oid not found in the NVIDIA signing certificate");

    TestGpu.Issued small =
        TestGpu.issue(
            "Leaf",
            INTERMEDIATE,
            false,
            LEAF.key(),
            Vectors.CLOCK.instant(),
            Optional.of(new byte[47]));
    assertThat(
            refused(
                TestGpu.evidence(TestGpu.report(), pem(small, INTERMEDIATE, ROOT)),
                Refusal.NVIDIA_FWID))
        .hasMessage("Unexpected fwid oid size");
  }

  @Test
  void signaturesAreThoseOfTheFirstCertificate() throws Exception {
    assertThat(
            refused(
                TestGpu.evidence(signed(message(opaque()), INTERMEDIATE), CHAIN),
                Refusal.NVIDIA_SIGNATURE))
        .hasMessage("NVIDIA report signature verification failed.");

    TestGpu.Issued small =
        TestGpu.issue(
            "Leaf",
            INTERMEDIATE,
            false,
            TestGpu.key("secp256r1"),
            Vectors.CLOCK.instant(),
            Optional.of(TestGpu.FWID));
    refused(
        TestGpu.evidence(TestGpu.report(), pem(small, INTERMEDIATE, ROOT)),
        Refusal.NVIDIA_SIGNATURE);

    byte[] zero = joined(message(opaque()), new byte[96]);
    refused(TestGpu.evidence(zero, CHAIN), Refusal.NVIDIA_SIGNATURE);
  }

  @Test
  void chainsLeadToTheRootByAuthorities() {
    TestGpu.Issued imposter =
        TestGpu.issue("Root", null, true, null, Vectors.CLOCK.instant(), Optional.empty());
    refusedChain(Refusal.NVIDIA_ROOT, LEAF, INTERMEDIATE, imposter);

    TestGpu.Issued noAuthority =
        TestGpu.issue(
            "Intermediate",
            ROOT,
            false,
            INTERMEDIATE.key(),
            Vectors.CLOCK.instant(),
            Optional.empty());
    refusedChain(Refusal.NVIDIA_CHAIN, LEAF, noAuthority, ROOT);

    TestGpu.Issued foreign =
        TestGpu.issue(
            "Intermediate",
            imposter,
            true,
            INTERMEDIATE.key(),
            Vectors.CLOCK.instant(),
            Optional.empty());
    refusedChain(Refusal.NVIDIA_CHAIN, LEAF, foreign, ROOT);
    refusedChain(Refusal.NVIDIA_CHAIN, LEAF, ROOT);
  }

  private static void refusedChain(Refusal reason, TestGpu.Issued... chain) {
    refused(TestGpu.evidence(TestGpu.report(), pem(chain)), reason);
  }

  @Test
  void certificatesAreValidAtTheTime() {
    TestGpu.Issued early = TestGpu.leaf(INTERMEDIATE, Vectors.CLOCK.instant().plusSeconds(1));
    TestGpu.Issued late = TestGpu.leaf(INTERMEDIATE, Vectors.CLOCK.instant().minusSeconds(10_001));
    for (TestGpu.Issued leaf : List.of(early, late)) {
      refused(
          TestGpu.evidence(signed(message(opaque()), leaf), pem(leaf, INTERMEDIATE, ROOT)),
          Refusal.NVIDIA_CHAIN);
    }
  }

  @Test
  void textsOfAnotherFormAreRefused() {
    ObjectNode report = TestGpu.evidence();
    device(report).put("evidence", "neither hex nor base64");
    assertThat(refused(report, Refusal.NVIDIA_ENCODING).getCause())
        .hasMessage("`evidence` is not base64");
    ObjectNode chain = TestGpu.evidence();
    device(chain).put("certificate", "-----BEGIN CERTIFICATE-----");
    assertThat(refused(chain, Refusal.NVIDIA_ENCODING).getCause())
        .hasMessage("`certificate` is not base64");
    for (String pem :
        List.of(
            "",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
            pem(LEAF).repeat(17))) {
      refused(TestGpu.evidence(TestGpu.report(), pem), Refusal.NVIDIA_CHAIN_MALFORMED);
    }
  }

  @Test
  void evidenceOfAnotherFormIsRefused() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    refused(json.objectNode(), Refusal.NVIDIA_EVIDENCE_MALFORMED);
    refused(json.objectNode().put("device_evidence_list", "x"), Refusal.NVIDIA_EVIDENCE_MALFORMED);
    for (String member : List.of("arch", "evidence", "certificate")) {
      ObjectNode absent = TestGpu.evidence();
      device(absent).remove(member);
      refused(absent, Refusal.NVIDIA_EVIDENCE_MALFORMED);
    }
    for (String member : List.of("arch", "uuid", "evidence", "certificate")) {
      ObjectNode number = TestGpu.evidence();
      device(number).put(member, 7);
      refused(number, Refusal.NVIDIA_EVIDENCE_MALFORMED);
    }
    ObjectNode unknown = TestGpu.evidence();
    device(unknown).put("arch", "hopper");
    assertThat(refused(unknown, Refusal.NVIDIA_EVIDENCE_MALFORMED).chain())
        .isEqualTo("Failed to deserialize the NVIDIA device evidence: unknown variant `hopper`");
  }

  @Test
  void aListHasADevice() {
    ObjectNode none = TestGpu.evidence();
    none.putArray("device_evidence_list");

    refused(none, Refusal.NVIDIA_NO_DEVICE);
  }

  @Test
  void reportDataIsExpected() {
    NvidiaVerifier verifier =
        new NvidiaVerifier(List.of(ROOT.certificate()), Vectors.CLOCK, Stance.compatible());

    assertThat(
            catchThrowableOfType(
                EvidenceException.class,
                () ->
                    verifier.verify(
                        TestGpu.evidence(),
                        new ExpectedBinding(Optional.empty(), Optional.empty()))))
        .hasMessage("Nvidia report data not provided");
  }
}
