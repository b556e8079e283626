package dev.cocolab.evidence.tpm;

import static dev.cocolab.evidence.tpm.TestTpm.BANK;
import static dev.cocolab.evidence.tpm.TestTpm.INIT_DATA;
import static dev.cocolab.evidence.tpm.TestTpm.NONCE;
import static dev.cocolab.evidence.tpm.TestTpm.REPORT_DATA;
import static dev.cocolab.evidence.tpm.TestTpm.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceException.Mismatch;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every check, by evidence that fails it and no earlier one. */
class TpmMutationTest {

  private static final TestTpm TPM = TestTpm.withKey("RSA", 2048);
  private static final TestTpm OTHER = TestTpm.withKey("RSA", 2048);
  private static final String NOT_SIGNED =
      "TPM quote signature verification failed: quote is not signed by key";
  private static final String DIGEST = "Digest of PCRs does not match digest in Quote";

  private final TpmQuote genuine = TPM.sign(TestTpm.attest(BANK, NONCE).encode(), BANK.values());

  @Test
  void genuineEvidenceIsAcceptedInEveryStance() {
    for (Stance stance : List.of(Stance.strict(), Stance.compatible())) {
      JsonNode claims = verify(TPM.evidence(), stance, bound(REPORT_DATA, INIT_DATA));

      assertThat(claims.size()).isEqualTo(27);
      assertThat(claims.path("report_data").asString()).isEqualTo("05".repeat(32));
      assertThat(claims.path("init_data").asString()).isEqualTo(BANK.hex(8));
      assertThat(claims.path("pcr11").asString()).isEqualTo(BANK.hex(11));
      assertThat(claims.path("ak_public").asString())
          .isEqualTo(TPM.evidence().path("ak_public").asString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 128, 255})
  void signature(int index) {
    byte[] signature = genuine.signature();
    signature[index] ^= 1;

    refused(
        TpmQuote.of(signature, genuine.message(), genuine.pcrs()),
        Refusal.TPM_QUOTE_SIGNATURE,
        NOT_SIGNED);
  }

  @ParameterizedTest
  @CsvSource({
    "0, magic",
    "5, type",
    "10, qualifiedSigner",
    "44, extraData",
    "80, clock",
    "84, resetCount",
    "88, restartCount",
    "92, safe",
    "95, firmwareVersion",
    "106, hash of the selection",
    "110, selection",
    "144, pcrDigest"
  })
  void message(int index, String field) {
    byte[] message = genuine.message();
    assertThat(message).as(field).hasSize(145);
    message[index] ^= 1;

    refused(
        TpmQuote.of(genuine.signature(), message, genuine.pcrs()),
        Refusal.TPM_QUOTE_SIGNATURE,
        NOT_SIGNED);
  }

  @Test
  void attestationKeyOfAnotherMachine() {
    refused(
        TpmEvidence.of(OTHER.akPublic(), genuine).toJson(),
        Refusal.TPM_QUOTE_SIGNATURE,
        NOT_SIGNED);
  }

  @Test
  void registersOfAnotherState() {
    refusedPcrs(pcrs -> pcrs.get(11)[31] ^= 1);
    refusedPcrs(pcrs -> Collections.swap(pcrs, 0, 11));
    refusedPcrs(pcrs -> pcrs.remove(23));
    refusedPcrs(pcrs -> pcrs.add(new byte[32]));
    refusedPcrs(List::clear);
  }

  private void refusedPcrs(Consumer<List<byte[]>> change) {
    List<byte[]> pcrs = new ArrayList<>(genuine.pcrs());
    change.accept(pcrs);
    EvidenceException refusal =
        refused(
            TpmQuote.of(genuine.signature(), genuine.message(), pcrs),
            Refusal.PCR_DIGEST,
            DIGEST + ": pcr mismatch");
    assertThat(refusal.mismatch()).map(Mismatch::field).contains("pcrDigest");
  }

  @Test
  void messageNoTpmWrites() {
    byte[] magic = genuine.message();
    magic[0] = 0;
    refused(
        TPM.sign(magic, BANK.values()),
        Refusal.QUOTE_MALFORMED,
        DIGEST
            + ": tss error: Failed to parse TPM quote message: magic is not TPM_GENERATED_VALUE");

    byte[] longer = Arrays.copyOf(genuine.message(), genuine.message().length + 1);
    refused(
        TPM.sign(longer, BANK.values()),
        Refusal.QUOTE_MALFORMED,
        DIGEST + ": tss error: Failed to parse TPM quote message: 1 bytes after the structure");
  }

  @Test
  void attestationOfSomethingElse() {
    byte[] time = genuine.message();
    time[5] = 0x19;

    EvidenceException refusal =
        refused(
            TPM.sign(time, BANK.values()),
            Refusal.QUOTE_TYPE,
            DIGEST + ": quote error: Not a quote, that should not occur");
    assertThat(refusal.mismatch()).contains(new Mismatch("type", "8018", "8019"));
  }

  @Test
  void nonceIsTheReportDataFittedTo32Bytes() {
    for (byte[] data : List.of(NONCE, REPORT_DATA, filled(64, 5))) {
      assertThat(verify(TPM.evidence(), Stance.strict(), bound(data, INIT_DATA))).isNotNull();
    }
    byte[] padded = Arrays.copyOf(filled(20, 6), 32);
    TpmQuote shorter = TPM.sign(TestTpm.attest(BANK, padded).encode(), BANK.values());
    assertThat(verify(TPM.evidence(shorter), Stance.strict(), bound(filled(20, 6), INIT_DATA)))
        .isNotNull();
  }

  @Test
  void nonceOfAnotherChallenge() {
    String text = "TPM quote nonce doesn't match expected report_data";
    EvidenceException refusal =
        refused(TPM.evidence(), bound(filled(48, 6), INIT_DATA), Refusal.QUOTE_NONCE, text);
    assertThat(refusal.mismatch())
        .contains(new Mismatch("extraData", "06".repeat(32), "05".repeat(32)));

    refused(TPM.evidence(), bound(filled(31, 5), INIT_DATA), Refusal.QUOTE_NONCE, text);
    for (byte[] nonce : List.of(new byte[0], filled(31, 5), REPORT_DATA)) {
      TpmQuote quote = TPM.sign(TestTpm.attest(BANK, nonce).encode(), BANK.values());
      refused(quote, Refusal.QUOTE_NONCE, text);
    }
  }

  @Test
  void withoutExpectedReportDataTheNonceIsAClaimOnly() {
    TpmQuote quote = TPM.sign(TestTpm.attest(BANK, REPORT_DATA).encode(), BANK.values());
    JsonNode claims =
        verify(
            TPM.evidence(quote),
            Stance.strict(),
            new ExpectedBinding(Optional.empty(), Optional.empty()));

    assertThat(claims.path("report_data").asString()).isEqualTo("05".repeat(48));
  }

  @Test
  void initDataThatWasNotExtended() {
    EvidenceException refusal =
        refused(
            TPM.evidence(),
            bound(REPORT_DATA, filled(32, 8)),
            Refusal.TPM_INIT_DATA,
            "TPM PCR[8] doesn't match expected initdata hash");
    assertThat(refusal.mismatch()).map(Mismatch::found).contains(BANK.hex(8));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33, 48, 64})
  void initDataOfAnotherSizeMakesTrusteeAbort(int size) {
    refused(
        TPM.evidence(),
        bound(REPORT_DATA, filled(size, 9)),
        Refusal.TPM_INIT_DATA_SIZE,
        "Expected initdata hash does not have 32 bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8})
  void fewerThanNineRegistersMakeTrusteeAbort(int count) {
    TpmQuote quote = selected(new byte[] {(byte) 0xff, 0, 0}, BANK.values().subList(0, count));
    String text = "TPM evidence does not hold PCR 8";

    refused(quote, Refusal.TPM_INIT_DATA_PCR, text);
    refused(
        TPM.evidence(quote),
        ExpectedBinding.ofReportData(REPORT_DATA),
        Refusal.TPM_INIT_DATA_PCR,
        text);
  }

  @Test
  void otherSelectionIsRefusedByTheStrictStanceOnly() {
    List<byte[]> shown = new ArrayList<>(BANK.values());
    shown.set(10, shown.get(16));
    refusedStrictly(
        selected(new byte[] {(byte) 0xff, (byte) 0xfb, (byte) 0xff}, shown),
        Refusal.PCR_SELECTION,
        "TPM quote does not select PCR 0 to 23 of the SHA-256 bank");
    refusedStrictly(
        TPM.sign(TestTpm.attest(NONCE, List.of(), BANK.digest()).encode(), BANK.values()),
        Refusal.PCR_SELECTION,
        "TPM quote does not select PCR 0 to 23 of the SHA-256 bank");
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 23, 25, 64})
  void otherNumberOfRegistersIsRefusedByTheStrictStanceOnly(int count) {
    List<byte[]> values = new ArrayList<>(BANK.values());
    while (values.size() < count) {
      values.add(new byte[32]);
    }
    TpmQuote quote =
        selected(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff}, values.subList(0, count));

    JsonNode claims = refusedStrictly(quote, Refusal.PCR_COUNT, "Evidence does not hold 24 PCRs");
    assertThat(claims.size()).isEqualTo(3 + count);
  }

  /** A quote whose digest covers the values shown, whatever it selects. */
  private static TpmQuote selected(byte[] bitmap, List<byte[]> values) {
    byte[] digest = TpmQuote.of(new byte[0], new byte[0], values).pcrDigest();
    PcrSelection selection = PcrSelection.of(PcrSelection.SHA256, bitmap);
    return TPM.sign(TestTpm.attest(NONCE, List.of(selection), digest).encode(), values);
  }

  private static JsonNode refusedStrictly(TpmQuote quote, Refusal reason, String chain) {
    ExpectedBinding binding = bound(REPORT_DATA, INIT_DATA);
    EvidenceException refusal = refusal(TPM.evidence(quote), Stance.strict(), binding);
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal.chain()).isEqualTo(chain);
    assertThat(reason.isStricterThanUpstream()).isTrue();
    return verify(TPM.evidence(quote), Stance.compatible(), binding);
  }

  private static EvidenceException refused(TpmQuote quote, Refusal reason, String chain) {
    return refused(TPM.evidence(quote), reason, chain);
  }

  private static EvidenceException refused(JsonNode evidence, Refusal reason, String chain) {
    return refused(evidence, bound(REPORT_DATA, INIT_DATA), reason, chain);
  }

  private static EvidenceException refused(
      JsonNode evidence, ExpectedBinding binding, Refusal reason, String chain) {
    for (Stance stance : List.of(Stance.strict(), Stance.compatible())) {
      EvidenceException refusal = refusal(evidence, stance, binding);
      assertThat(refusal.chain()).isEqualTo(chain);
      assertThat(refusal.reason()).isEqualTo(reason);
    }
    return refusal(evidence, Stance.compatible(), binding);
  }

  private static EvidenceException refusal(
      JsonNode evidence, Stance stance, ExpectedBinding binding) {
    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> verify(evidence, stance, binding));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal;
  }

  private static JsonNode verify(JsonNode evidence, Stance stance, ExpectedBinding binding) {
    return new TpmVerifier(stance).verify(evidence, binding).get(0).claims();
  }

  private static ExpectedBinding bound(byte[] reportData, byte[] initData) {
    return new ExpectedBinding(Optional.of(reportData), Optional.of(initData));
  }
}
