package dev.cocolab.evidence.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.snp.SnpEvidence;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.tpm.TpmQuote;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Changes to genuine evidence that need no key. */
class AzSnpVtpmMutationTest {

  private static final int REPORT = 32;
  private static final String SIGNATURE = "Signature validation failed.";
  private static final String VARIABLE_DATA =
      "HCL variable data digest doesn't match SNP report data";
  private static final String NOT_ENDORSED =
      "Failed to validate VCEK: VCEK is not signed by ASK (or not valid at verification time)";

  static Stream<Arguments> signedReportFields() {
    return Stream.of(
        arguments("guest_svn", 0x004),
        arguments("policy", 0x008),
        arguments("family_id", 0x010),
        arguments("image_id", 0x020),
        arguments("vmpl", 0x030),
        arguments("sig_algo", 0x034),
        arguments("current_tcb.bootloader", 0x038),
        arguments("current_tcb.microcode", 0x03f),
        arguments("platform_info", 0x040),
        arguments("key_info", 0x048),
        arguments("report_data, second half", 0x070),
        arguments("measurement", 0x090),
        arguments("host_data", 0x0c0),
        arguments("id_key_digest", 0x0e0),
        arguments("author_key_digest", 0x110),
        arguments("report_id", 0x140),
        arguments("report_id_ma", 0x160),
        arguments("stepping", 0x18a),
        arguments("chip_id", 0x1a0),
        arguments("committed_tcb.snp", 0x1e6),
        arguments("current build", 0x1e8),
        arguments("current minor", 0x1e9),
        arguments("committed major", 0x1ee),
        arguments("launch_tcb.tee", 0x1f1),
        arguments("R", 0x2a0),
        arguments("upper bytes of R", 0x2e7),
        arguments("S", 0x2e8),
        arguments("upper bytes of S", 0x32f),
        // Trustee does not notice these: it writes the report anew before hashing it.
        arguments("unused bytes of reported_tcb", 0x182),
        arguments("unused bytes of launch_tcb", 0x1f4));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("signedReportFields")
  void reportFieldsAreCoveredByItsSignature(String field, int offset) {
    Captured.v2().hcl(flip(REPORT + offset)).refused(Refusal.REPORT_SIGNATURE, SIGNATURE);
  }

  static Stream<Arguments> tcbFields() {
    return Stream.of(
        arguments(0x187, Refusal.TCB_MICROCODE, "Microcode version mismatch", "microcode", "219"),
        arguments(0x186, Refusal.TCB_SNP, "SNP version mismatch", "snp", "24"),
        arguments(0x181, Refusal.TCB_TEE, "TEE version mismatch", "tee", "0"),
        arguments(
            0x180, Refusal.TCB_BOOTLOADER, "Boot loader version mismatch", "bootloader", "4"));
  }

  @ParameterizedTest(name = "{3}")
  @MethodSource("tcbFields")
  void reportedTcbIsThatOfTheVcekBeforeTheSignatureIsLookedAt(
      int offset, Refusal reason, String text, String part, String endorsed) {
    EvidenceException refusal = Captured.v2().hcl(flip(REPORT + offset)).refused(reason, text);

    assertThat(refusal.mismatch())
        .hasValueSatisfying(
            m -> {
              assertThat(m.field()).isEqualTo("reported_tcb." + part);
              assertThat(m.expected()).isEqualTo(endorsed);
              assertThat(m.found()).isNotEqualTo(endorsed);
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {0x04c, 0x04f, 0x18b, 0x19f, 0x1eb, 0x1ef, 0x1f8, 0x200, 0x208, 0x29f})
  void reservedBytesAreZero(int offset) {
    EvidenceException refusal = refusedAs(Captured.v2().hcl(flip(REPORT + offset)));

    assertThat(refusal.getMessage()).isEqualTo("invalid report type");
    assertThat(refusal.reason()).isEqualTo(Refusal.HCL_REPORT_TYPE);
    assertThat(refusal.getCause()).hasMessageStartingWith("reserved bytes from 0x");
  }

  @Test
  void reportVersionSelectsTheLayout() {
    Consumer<byte[]> two = hcl -> hcl[REPORT] = 2;
    Captured.v2()
        .hcl(two)
        .refused(
            Refusal.HCL_REPORT_TYPE,
            "invalid report type: reserved bytes from 0x188 on are not zero");
    Captured.v2()
        .hcl(hcl -> hcl[REPORT] = 1)
        .refused(Refusal.HCL_REPORT_TYPE, "invalid report type: report version 1");
    for (byte version : new byte[] {4, 5, 6}) {
      Captured.v2().hcl(hcl -> hcl[REPORT] = version).refused(Refusal.REPORT_SIGNATURE, SIGNATURE);
    }
  }

  @Test
  void processorSelectsTheRoot() {
    Captured.v2().hcl(hcl -> hcl[REPORT + 0x189] = 0x11).refused(Refusal.VCEK_CHAIN, NOT_ENDORSED);
    Captured.v2()
        .hcl(hcl -> hcl[REPORT + 0x189] = 0x30)
        .refused(Refusal.HCL_REPORT_TYPE, "invalid report type: Processor model not supported");
    Captured.v2()
        .hcl(hcl -> hcl[REPORT + 0x188] = 0x17)
        .refused(Refusal.HCL_REPORT_TYPE, "invalid report type: Processor family not supported");
  }

  @Test
  void variableDataIsCoveredByTheReport() {
    Captured.v2().hcl(flip(REPORT + 0x050)).refused(Refusal.VARIABLE_DATA_DIGEST, VARIABLE_DATA);
    String json = new String(Captured.v2().evidence().hclReport(), StandardCharsets.ISO_8859_1);
    for (String place : List.of("\"n\":\"t7JO", "vmUniqueId\":\"7DF", "user-data\":\"98")) {
      int offset = json.indexOf(place) + place.length() - 1;
      EvidenceException refusal =
          Captured.v2()
              .hcl(hcl -> hcl[offset] = (byte) (hcl[offset] == '1' ? '2' : '1'))
              .refused(Refusal.VARIABLE_DATA_DIGEST, VARIABLE_DATA);
      assertThat(refusal.mismatch()).hasValueSatisfying(m -> assertThat(m.found()).hasSize(64));
    }
  }

  @Test
  void variableDataSizeBelongsToTheJson() {
    Captured.v2()
        .hcl(hcl -> hcl[1232]--)
        .refused(Refusal.AK_ABSENT, "Failed to get AKpub: JSON parse error");
    Captured.v2()
        .hcl(hcl -> hcl[1232]++)
        .refused(Refusal.AK_ABSENT, "Failed to get AKpub: JSON parse error");
    Captured.v2()
        .hcl(hcl -> hcl[1235] = 0x10)
        .refused(Refusal.HCL_REPORT_SIZE, "invalid report size");
    Captured.v2()
        .hcl(hcl -> hcl[1235] = -1)
        .refused(Refusal.HCL_REPORT_SIZE, "invalid report size");
  }

  @Test
  void reportTypeIsSnp() {
    Captured.v2().hcl(hcl -> hcl[1224] = 3).refused(Refusal.HCL_REPORT_TYPE, "invalid report type");
    Captured.v2().hcl(hcl -> hcl[1224] = 4).refused(Refusal.HCL_REPORT_TYPE, "invalid report type");
  }

  @Test
  void hashTypeIsSha256() {
    EvidenceException refusal = refusedAs(Captured.v2().hcl(hcl -> hcl[1228] = 2));

    assertThat(refusal.reason()).isEqualTo(Refusal.HCL_HASH_TYPE);
    assertThat(refusal.mismatch())
        .contains(new EvidenceException.Mismatch("report_data_hash_type", "1", "2"));
  }

  static Stream<Arguments> unsignedHeaderFields() {
    return Stream.of(
        arguments("signature", 0),
        arguments("version", 4),
        arguments("report_size", 8),
        arguments("request_type", 12),
        arguments("status", 16),
        arguments("reserved", 20),
        arguments("data_size", 1216),
        arguments("hcl_data.version", 1220),
        arguments("fill", 2599));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unsignedHeaderFields")
  void headerFieldsThatNothingCoversAreCheckedByTheStrictStanceOnly(String field, int offset) {
    Captured changed = Captured.v2().hcl(hcl -> hcl[offset] ^= 0x40);

    EvidenceException refusal =
        changed.refused(Refusal.HCL_HEADER, "HCL report header is not that of an Azure host");

    assertThat(refusal.mismatch()).hasValueSatisfying(m -> assertThat(m.field()).isEqualTo(field));
    assertThat(refusal.reason().isStricterThanUpstream()).isTrue();
    assertThat(changed.with(Stance.compatible()).accepted().has("measurement")).isTrue();
  }

  @Test
  void bytesAfterTheReportSignatureAreCheckedByTheStrictStanceOnly() {
    Captured changed = Captured.v2().hcl(flip(REPORT + 0x330));

    changed.refused(Refusal.REPORT_PADDING, "Bytes after the SNP report signature are not zero");
    assertThat(changed.with(Stance.compatible()).accepted().has("measurement")).isTrue();
  }

  @Test
  void everyByteOfTheQuoteIsSigned() {
    int size = Captured.v2().evidence().quote().message().length;
    for (int i : IntStream.range(0, size).toArray()) {
      Captured.v2()
          .quote(q -> TpmQuote.of(q.signature(), flipped(q.message(), i), q.pcrs()))
          .refused(Refusal.QUOTE_SIGNATURE, "vTPM quote is not signed by AKpub");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 128, 255})
  void quoteSignatureIsThatOfTheAttestationKey(int index) {
    Captured.v2()
        .quote(q -> TpmQuote.of(flipped(q.signature(), index), q.message(), q.pcrs()))
        .refused(Refusal.QUOTE_SIGNATURE, "vTPM quote is not signed by AKpub");
  }

  @Test
  void quoteOfAnotherVmIsRefused() {
    AzSnpVtpmEvidence other =
        AzSnpVtpmEvidence.parse(Vectors.required().json("az-snp-vtpm/evidence-v0.json"));

    Captured.v2()
        .quote(q -> other.quote())
        .refused(Refusal.QUOTE_SIGNATURE, "vTPM quote is not signed by AKpub");
  }

  @Test
  void nonceIsComparedExactly() {
    String text = "TPM quote nonce doesn't match expected report_data";
    byte[] expected = Vectors.REPORT_DATA_V2;
    for (byte[] other :
        List.of(
            flipped(expected, 47),
            Arrays.copyOf(expected, 64),
            Arrays.copyOf(expected, 32),
            new byte[0])) {
      EvidenceException refusal = Captured.v2().expecting(other).refused(Refusal.QUOTE_NONCE, text);
      assertThat(refusal.mismatch())
          .hasValueSatisfying(m -> assertThat(m.field()).isEqualTo("extraData"));
    }
  }

  @Test
  void registersAreThoseOfTheQuote() {
    String text = "Digest of PCRs does not match digest in Quote";
    for (int pcr = 0; pcr < 24; pcr++) {
      int index = pcr;
      EvidenceException refusal =
          Captured.v2()
              .pcrs(
                  pcrs -> {
                    pcrs.set(index, flipped(pcrs.get(index), 31));
                    return pcrs;
                  })
              .refused(Refusal.PCR_DIGEST, text);
      assertThat(refusal.mismatch())
          .hasValueSatisfying(m -> assertThat(m.field()).isEqualTo("pcrDigest"));
    }
    Captured.v2()
        .pcrs(
            pcrs -> {
              byte[] first = pcrs.get(0);
              pcrs.set(0, pcrs.get(1));
              pcrs.set(1, first);
              return pcrs;
            })
        .refused(Refusal.PCR_DIGEST, text);
    Captured.v2().pcrs(pcrs -> pcrs.subList(0, 23)).refused(Refusal.PCR_DIGEST, text);
    Captured.v2()
        .pcrs(
            pcrs -> {
              pcrs.add(new byte[32]);
              return pcrs;
            })
        .refused(Refusal.PCR_DIGEST, text);
  }

  @Test
  void registersOfAnotherLengthAreRefusedThoughTheirDigestIsThatOfTheQuote() {
    EvidenceException refusal =
        Captured.v2()
            .pcrs(
                pcrs -> {
                  byte[] joined = Arrays.copyOf(pcrs.get(0), 64);
                  System.arraycopy(pcrs.get(1), 0, joined, 32, 32);
                  pcrs.set(0, joined);
                  pcrs.set(1, new byte[0]);
                  return pcrs;
                })
            .refused(Refusal.PCR_LENGTH, "Invalid PCR length, expected 32 bytes");
    assertThat(refusal.mismatch()).contains(new EvidenceException.Mismatch("pcr00", "32", "64"));
  }

  @Test
  void everyBitOfTheVcekIsSignedOrStructure() {
    int size = Captured.v2().evidence().vcek().length;
    int notEndorsed = 0;
    for (int i = 0; i < size; i += 7) {
      int index = i;
      EvidenceException refusal = refusedAs(Captured.v2().vcek(der -> flipped(der, index)));
      assertThat(refusal.reason()).isIn(Refusal.VCEK_CHAIN, Refusal.VCEK_MALFORMED);
      notEndorsed += refusal.reason() == Refusal.VCEK_CHAIN ? 1 : 0;
    }
    assertThat(notEndorsed).isGreaterThan(size / 7 / 2);
  }

  @Test
  void vcekOfAnotherChipWithTheSameTcbDidNotSignTheReport() {
    byte[] other =
        AzSnpVtpmEvidence.parse(Vectors.required().json("az-snp-vtpm/evidence-v0.json")).vcek();

    Captured.v2().vcek(der -> other).refused(Refusal.REPORT_SIGNATURE, SIGNATURE);
  }

  @Test
  void vcekOfAnotherGenerationIsNotEndorsedByTheAuthorityOfThisOne() {
    byte[] genoa =
        SnpEvidence.parse(Vectors.required().json("snp/evidence-e2e-genoa.json"))
            .table()
            .orElseThrow()
            .entries()
            .get(0)
            .data();

    Captured.v2().vcek(der -> genoa).refused(Refusal.VCEK_CHAIN, NOT_ENDORSED);
  }

  @Test
  void whitespaceOfTheVariableDataIsCovered() {
    byte[] genuine = Captured.v2().evidence().hclReport();
    int place = new String(genuine, StandardCharsets.ISO_8859_1).indexOf("\"keys\"");

    Captured.v2()
        .hcl(
            hcl -> {
              System.arraycopy(genuine, place, hcl, place + 1, hcl.length - place - 1);
              hcl[place] = ' ';
              hcl[1232]++;
            })
        .refused(Refusal.VARIABLE_DATA_DIGEST, VARIABLE_DATA);
  }

  @Test
  void bytesAfterTheVcekAreRefused() {
    Captured.v2()
        .vcek(der -> Arrays.copyOf(der, der.length + 1))
        .refused(Refusal.VCEK_MALFORMED, "Invalid VCEK DER: bytes after the last element");
  }

  private static Consumer<byte[]> flip(int offset) {
    return hcl -> hcl[offset] ^= 1;
  }

  private static byte[] flipped(byte[] bytes, int index) {
    byte[] changed = bytes.clone();
    changed[index] ^= 1;
    return changed;
  }

  private static EvidenceException refusedAs(Captured captured) {
    return refusedAs(captured, captured.json());
  }

  private static EvidenceException refusedAs(Captured captured, JsonNode json) {
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class, () -> captured.verify(json, Optional.empty()));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal;
  }

  @Test
  void reportSizeIsThatOfTheFormat() {
    assertThat(SnpReport.SIZE).isEqualTo(1184);
    assertThat(SnpReport.SIGNED_SIZE).isEqualTo(672);
  }
}
