package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.snp.GuestPolicy;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import dev.cocolab.evidence.tpm.ClockInfo;
import dev.cocolab.evidence.tpm.PcrSelection;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes to evidence by somebody who holds the keys of the guest or of the processor. */
class ForgedEvidenceTest extends Forgery {

  @Test
  void attestationKeyOfAnAttackerIsNotThatOfTheReport() {
    try (ConfidentialVm attacker = boot(platform.processor())) {
      AzSnpVtpmEvidence own = AzSnpVtpmEvidence.parse(vm.evidence(Lab.REPORT_DATA, 2));
      AzSnpVtpmEvidence theirs = AzSnpVtpmEvidence.parse(attacker.evidence(Lab.REPORT_DATA, 2));
      byte[] hcl = theirs.hclReport();
      System.arraycopy(own.hclReport(), 32, hcl, 32, 1184);

      refused(
          AzSnpVtpmEvidence.of(2, theirs.quote(), hcl, own.vcek()),
          Refusal.VARIABLE_DATA_DIGEST,
          "HCL variable data digest doesn't match SNP report data");
    }
  }

  @Test
  void quoteOverOtherRegistersIsRefusedByTheStrictStanceOnly() {
    List<byte[]> pcrs = new ArrayList<>(vm.pcrs().values());
    List<byte[]> shown = new ArrayList<>(pcrs.subList(0, 8));
    shown.add(pcrs.get(16)); // a resettable register in the place of PCR 8
    AzSnpVtpmEvidence evidence =
        withQuote(
            quote -> resigned(PcrSelection.of(PcrSelection.SHA256, new byte[] {-1, 0, 1}), shown));

    refused(
        evidence,
        Refusal.PCR_SELECTION,
        "TPM quote does not select PCR 0 to 23 of the SHA-256 bank");
    assertThat(accepted(evidence, Stance.compatible())).isTrue();
  }

  @Test
  void fewerValuesThanTheWholeBankAreRefusedByTheStrictStanceOnly() {
    List<byte[]> shown = vm.pcrs().values().subList(0, 12);
    AzSnpVtpmEvidence evidence = withQuote(q -> resigned(PcrSelection.allSha256(), shown));

    EvidenceException refusal =
        refused(evidence, Refusal.PCR_COUNT, "Evidence does not hold 24 PCRs");
    assertThat(refusal.mismatch()).contains(new EvidenceException.Mismatch("pcrs", "24", "12"));
    assertThat(accepted(evidence, Stance.compatible())).isTrue();
  }

  @Test
  void initdataNeedsNineRegisters() {
    List<byte[]> shown = vm.pcrs().values().subList(0, 8);
    AzSnpVtpmEvidence evidence = withQuote(q -> resigned(PcrSelection.allSha256(), shown));

    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK, Stance.compatible())
                    .verify(
                        evidence.toJson(2),
                        new ExpectedBinding(
                            Optional.of(Lab.REPORT_DATA), Optional.of(new byte[32]))));

    assertThat(refusal.reason()).isEqualTo(Refusal.INIT_DATA);
  }

  @Test
  void signedMessagesThatAreNoQuotesAreRefused() {
    refused(
        withQuote(quote -> vm.tpm().sign(changed(quote.message(), 5, 0x17), quote.pcrs())),
        Refusal.QUOTE_TYPE,
        "TPM attestation is not a quote");
    refused(
        withQuote(quote -> vm.tpm().sign(changed(quote.message(), 0, 0), quote.pcrs())),
        Refusal.QUOTE_MALFORMED,
        "Failed to parse TPM quote message: magic is not TPM_GENERATED_VALUE");
    for (int length = 0; length < 113 + Lab.REPORT_DATA.length; length += 8) {
      int size = length;
      EvidenceException refusal =
          refusal(
              withQuote(quote -> vm.tpm().sign(Arrays.copyOf(quote.message(), size), quote.pcrs())),
              Stance.compatible());
      assertThat(refusal.reason()).isEqualTo(Refusal.QUOTE_MALFORMED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "user-data, user-date, VARIABLE_DATA_MALFORMED, Failed to parse var data as JSON",
    "user-data\":\", user-data\":\"x, USER_DATA_MALFORMED, Failed to decode user_data from hex string",
    "user-data\":\"30, user-data\":\"31, USER_DATA, User-data in HCL variable data doesn't match report_data"
  })
  void userDataIsTheReportData(String from, String to, Refusal reason, String chain) {
    AzSnpVtpmEvidence second = withVariableData(2, json -> json.replace(from, to));

    refused(second, reason, chain);
    AzSnpVtpmEvidence relabelled =
        AzSnpVtpmEvidence.of(1, second.quote(), second.hclReport(), second.vcek());
    assertThat(accepted(relabelled, Stance.compatible())).as("downgrade").isTrue();
    assertThat(refusal(relabelled, Stance.strict().withMinimumVersion(2)).reason())
        .isEqualTo(Refusal.EVIDENCE_VERSION);
  }

  @Test
  void userDataShorterThanTheReportDataIsRefused() {
    AzSnpVtpmEvidence evidence =
        withVariableData(
            2, json -> json.replaceAll("user-data\":\"[0-9A-F]*", "user-data\":\"3031"));

    EvidenceException refusal =
        refused(
            evidence,
            Refusal.USER_DATA,
            "User-data in HCL variable data doesn't match report_data");
    assertThat(refusal.mismatch()).hasValueSatisfying(m -> assertThat(m.found()).isEqualTo("3031"));
  }

  @ParameterizedTest
  @CsvSource({
    "HCLAkPub, HCLAkPri, AK_ABSENT, Failed to get AKpub: AkPub not found",
    "AQAB, AQAC, AK_ABSENT, Failed to get AKpub: public exponent is not AQAB",
    "encrypt, conceal, AK_ABSENT, Failed to get AKpub: unknown key operation",
    "RSA, DSA, AK_ABSENT, Failed to get AKpub: unknown key type",
    "keys, kays, AK_ABSENT, Failed to get AKpub: missing field `keys`",
    "\"n\":\", \"n\":\"=, AK_ABSENT, Failed to get AKpub: n is not base64url",
    "'\"keys\":[', '\"keys\":[1,', AK_ABSENT, Failed to get AKpub: a key is not an object",
    "'\"keys\":[', '\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"EC\",\"x\":\"AA\",\"y\":\"AA\"},', AK_MALFORMED, Failed to parse AKpub: not an RSA key"
  })
  void everyKeyOfTheVariableDataIsReadable(String from, String to, Refusal reason, String chain) {
    refused(withVariableData(2, json -> json.replace(from, to)), reason, chain);
  }

  @Test
  void reportOfALessPrivilegedLevelIsRefused() {
    EvidenceException refusal =
        refused(withReport(report -> report.vmpl(1)), Refusal.VMPL, "VMPL of SNP report is not 0");
    assertThat(refusal.mismatch()).contains(new EvidenceException.Mismatch("vmpl", "0", "1"));
  }

  @Test
  void debuggingIsAClaimUnlessRefused() {
    AzSnpVtpmEvidence evidence =
        withReport(report -> report.policy(new GuestPolicy(0x3001f).withDebug(true)));

    assertThat(
            new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK)
                .verify(evidence.toJson(2), ExpectedBinding.ofReportData(Lab.REPORT_DATA))
                .get(0)
                .claims()
                .path("policy_debug_allowed")
                .asString())
        .isEqualTo("true");
    assertThat(refusal(evidence, Stance.strict().withoutDebug()).reason())
        .isEqualTo(Refusal.DEBUG_POLICY);
  }

  @Test
  void chipIsThatOfTheEndorsementKeyInTheStrictStanceOnly() {
    AzSnpVtpmEvidence evidence =
        withReport(report -> report.chipId(changed(vm.processor().chipId(), 7, 1)));

    refused(evidence, Refusal.CHIP_ID, "Chip ID mismatch");
    assertThat(accepted(evidence, Stance.compatible())).isTrue();
    assertThat(accepted(withReport(report -> report.chipId(new byte[64])), Stance.strict()))
        .as("masked")
        .isTrue();
  }

  private TpmQuote resigned(PcrSelection selection, List<byte[]> values) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      values.forEach(sha256::update);
      TpmsAttest attest =
          TpmsAttest.quote(
              new byte[34],
              Lab.REPORT_DATA,
              new ClockInfo(1, 2, 0, true),
              1,
              new TpmsAttest.QuoteInfo(List.of(selection), sha256.digest()));
      return vm.tpm().sign(attest.encode(), values);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private AzSnpVtpmEvidence withQuote(UnaryOperator<TpmQuote> quote) {
    return Lab.forged(
        vm, 2, UnaryOperator.identity(), UnaryOperator.identity(), quote, Optional.empty());
  }

  private AzSnpVtpmEvidence withVariableData(int version, UnaryOperator<String> json) {
    return Lab.forged(
        vm, version, json, UnaryOperator.identity(), UnaryOperator.identity(), Optional.empty());
  }

  private AzSnpVtpmEvidence withReport(UnaryOperator<SnpReportBuilder> report) {
    return Lab.forged(
        vm, 2, UnaryOperator.identity(), report, UnaryOperator.identity(), Optional.empty());
  }
}
