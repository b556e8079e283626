package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.azure.Stance;
import dev.cocolab.evidence.snp.GuestPolicy;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import dev.cocolab.evidence.tpm.ClockInfo;
import dev.cocolab.evidence.tpm.PcrSelection;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.io.IOException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Changes to evidence by somebody who holds the keys of the guest, of the processor or of an
 * authority.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForgedEvidenceTest {

  private static final String AMD = "1.3.6.1.4.1.3704.1.";
  private static final String NOT_ENDORSED =
      "Failed to validate VCEK: VCEK is not signed by ASK (or not valid at verification time)";

  private final PlatformAuthority platform = Lab.platform();
  private RsaKeyPool keys;
  private ConfidentialVm vm;

  @BeforeAll
  void start() {
    keys = RsaKeyPool.start(2, Lab.RANDOM);
    vm = boot(platform.processor());
  }

  @AfterAll
  void stop() {
    vm.close();
    keys.close();
  }

  private ConfidentialVm boot(SecureProcessor processor) {
    return ConfidentialVm.boot(processor, BootImage.defaultPodVm(), Lab.request(keys));
  }

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

  @Test
  void anotherKeyDidNotSignTheReport() {
    byte[] other = platform.newProcessor(vm.processor().levels()).vcek();

    refused(withVcek(other), Refusal.REPORT_SIGNATURE, "Signature validation failed.");
  }

  @Test
  void authorityThatIsNotTrustedDoesNotCount() {
    byte[] foreign = Lab.otherPlatform(AmdGeneration.MILAN).processor().vcek();

    refused(withVcek(foreign), Refusal.VCEK_CHAIN, NOT_ENDORSED);
  }

  @ParameterizedTest
  @CsvSource({"2018-05-31T23:00:00Z", "2025-06-01T01:00:01Z", "2044-01-01T00:00:00Z"})
  void endorsementOutsideItsValidityDoesNotCount(Instant issued) {
    PlatformAuthority then = Lab.platformAt(Clock.fixed(issued, ZoneOffset.UTC));

    refused(
        withVcek(then.newProcessor(vm.processor().levels()).vcek()),
        Refusal.VCEK_CHAIN,
        NOT_ENDORSED);
  }

  @Test
  void authorityOutsideItsValidityIsRefusedByTheStrictStanceOnly() {
    PlatformAuthority late =
        Lab.platformAt(Clock.fixed(Instant.parse("2044-06-01T00:00:00Z"), ZoneOffset.UTC));
    Clock now = Clock.fixed(Instant.parse("2046-01-01T00:00:00Z"), ZoneOffset.UTC);
    try (ConfidentialVm guest = boot(late.processor())) {
      AzSnpVtpmEvidence evidence = AzSnpVtpmEvidence.parse(guest.evidence(Lab.REPORT_DATA, 2));
      EvidenceException refusal =
          catchThrowableOfType(
              EvidenceException.class,
              () ->
                  new AzSnpVtpmVerifier(late.roots(), now)
                      .verify(evidence.toJson(2), ExpectedBinding.ofReportData(Lab.REPORT_DATA)));

      assertThat(refusal.reason()).isEqualTo(Refusal.CA_VALIDITY);
      assertThat(
              new AzSnpVtpmVerifier(late.roots(), now, Stance.compatible())
                  .verify(evidence.toJson(2), ExpectedBinding.ofReportData(Lab.REPORT_DATA)))
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3.8, Oid not found",
    "3.3, Oid not found",
    "3.2, Oid not found",
    "3.1, Oid not found"
  })
  void endorsementNamesEveryLevel(String missing, String chain) {
    refused(
        withVcek(certificate(oid -> oid.equals(AMD + missing) ? 0 : 1)),
        Refusal.VCEK_EXTENSION,
        chain);
  }

  @Test
  void endorsementNamesEveryLevelOnce() {
    refused(
        withVcek(certificate(oid -> oid.equals(AMD + "3.3") ? 2 : 1)),
        Refusal.VCEK_EXTENSION,
        "duplicate extensions");
  }

  @Test
  void levelIsOneByte() throws IOException {
    X509v3CertificateBuilder builder =
        platform.issuer().vcekWithoutExtensions(newKey(), Lab.CLOCK.instant());
    builder.addExtension(new ASN1ObjectIdentifier(AMD + "3.8"), false, new ASN1Integer(256));

    refused(
        withVcek(platform.issuer().sign(builder, platform.keys().askKey())),
        Refusal.VCEK_EXTENSION,
        "Unexpected data size");
  }

  @Test
  void fmcOfTurinIsComparedByTheStrictStanceOnly() {
    PlatformAuthority turin = Lab.otherPlatform(AmdGeneration.TURIN);
    FirmwareLevels levels = turin.processor().levels();
    SecureProcessor processor =
        turin.endorsedProcessor(
            levels,
            new dev.cocolab.evidence.snp.TcbVersion(
                java.util.OptionalInt.of(9),
                levels.reported().bootloader(),
                levels.reported().tee(),
                levels.reported().snp(),
                levels.reported().microcode()));
    try (ConfidentialVm guest = boot(processor)) {
      var evidence = guest.evidence(Lab.REPORT_DATA, 2);
      ExpectedBinding binding = ExpectedBinding.ofReportData(Lab.REPORT_DATA);
      EvidenceException refusal =
          catchThrowableOfType(
              EvidenceException.class,
              () -> new AzSnpVtpmVerifier(turin.roots(), Lab.CLOCK).verify(evidence, binding));
      assertThat(refusal.reason()).isEqualTo(Refusal.TCB_FMC);
      assertThat(refusal.mismatch())
          .contains(new EvidenceException.Mismatch("reported_tcb.fmc", "9", "1"));
      assertThat(
              new AzSnpVtpmVerifier(turin.roots(), Lab.CLOCK, Stance.compatible())
                  .verify(evidence, binding))
          .hasSize(1);
    }
  }

  /** The VCEK of the VM's processor with each extension as often as asked for, signed again. */
  private byte[] certificate(java.util.function.ToIntFunction<String> times) {
    try {
      ASN1Sequence certificate = ASN1Sequence.getInstance(vm.processor().vcek());
      ASN1EncodableVector fields = new ASN1EncodableVector();
      for (var field : ASN1Sequence.getInstance(certificate.getObjectAt(0))) {
        fields.add(field);
      }
      ASN1EncodableVector changed = new ASN1EncodableVector();
      var extensions = new X509CertificateHolder(vm.processor().vcek()).getExtensions();
      for (ASN1ObjectIdentifier oid : extensions.getExtensionOIDs()) {
        for (int i = 0; i < times.applyAsInt(oid.getId()); i++) {
          changed.add(extensions.getExtension(oid));
        }
      }
      ASN1EncodableVector tbs = new ASN1EncodableVector();
      for (int i = 0; i < fields.size() - 1; i++) {
        tbs.add(fields.get(i));
      }
      tbs.add(new DERTaggedObject(true, 3, new DERSequence(changed)));
      PssContentSigner signer = new PssContentSigner(platform.keys().askKey(), Lab.RANDOM);
      signer.getOutputStream().write(new DERSequence(tbs).getEncoded());
      ASN1EncodableVector whole = new ASN1EncodableVector();
      whole.add(new DERSequence(tbs));
      whole.add(signer.getAlgorithmIdentifier());
      whole.add(new DERBitString(signer.getSignature()));
      return new DERSequence(whole).getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static java.security.PublicKey newKey() {
    KeyPair key = SecureProcessor.newKey(Lab.RANDOM);
    return key.getPublic();
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

  private AzSnpVtpmEvidence withVcek(byte[] vcek) {
    return Lab.forged(
        vm,
        2,
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        Optional.of(vcek));
  }

  private EvidenceException refused(AzSnpVtpmEvidence evidence, Refusal reason, String chain) {
    EvidenceException refusal = refusal(evidence, Stance.strict());
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.chain()).isEqualTo(chain);
    assertThat(refusal.reason()).isEqualTo(reason);
    return refusal;
  }

  private EvidenceException refusal(AzSnpVtpmEvidence evidence, Stance stance) {
    return catchThrowableOfType(
        EvidenceException.class,
        () ->
            new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK, stance)
                .verify(
                    evidence.toJson(evidence.version()),
                    ExpectedBinding.ofReportData(Lab.REPORT_DATA)));
  }

  private boolean accepted(AzSnpVtpmEvidence evidence, Stance stance) {
    return new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK, stance)
            .verify(
                evidence.toJson(evidence.version()), ExpectedBinding.ofReportData(Lab.REPORT_DATA))
            .size()
        == 1;
  }

  private static byte[] changed(byte[] bytes, int offset, int value) {
    byte[] changed = bytes.clone();
    changed[offset] = (byte) value;
    return changed;
  }
}
