package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.snp.TcbVersion;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates of endorsement keys by somebody who holds the keys of an authority. */
class ForgedEndorsementTest extends Forgery {

  private static final String AMD = "1.3.6.1.4.1.3704.1.";

  /** Positions in the signed part of a certificate. */
  private static final int SUBJECT = 5;

  private static final int EXTENSIONS = 7;

  private static final String NOT_ENDORSED =
      "Failed to validate VCEK: VCEK is not signed by ASK (or not valid at verification time)";

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
        withVcek(platform.issuer().sign(builder, platform.keys().ask().key())),
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
            new TcbVersion(
                OptionalInt.of(9),
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

  @Test
  void endorsementHasOneCommonName() {
    for (ASN1Encodable subject :
        new ASN1Encodable[] {
          new X500Name("O=Chips"), new X500Name("CN=SEV-VCEK,CN=SEV-VCEK,O=Chips")
        }) {
      refused(
          withVcek(resigned(SUBJECT, subject)),
          Refusal.VCEK_EXTENSION,
          "No common name found in certificate: No CN found");
    }
  }

  /** The VCEK of the VM's processor with each extension as often as asked for, signed again. */
  private byte[] certificate(ToIntFunction<String> times) {
    try {
      ASN1EncodableVector changed = new ASN1EncodableVector();
      var extensions = new X509CertificateHolder(vm.processor().vcek()).getExtensions();
      for (ASN1ObjectIdentifier oid : extensions.getExtensionOIDs()) {
        for (int i = 0; i < times.applyAsInt(oid.getId()); i++) {
          changed.add(extensions.getExtension(oid));
        }
      }
      return resigned(EXTENSIONS, new DERTaggedObject(true, 3, new DERSequence(changed)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The VCEK of the VM's processor with one field of its signed part replaced. */
  private byte[] resigned(int field, ASN1Encodable value) {
    ASN1Sequence certificate = ASN1Sequence.getInstance(vm.processor().vcek());
    ASN1Encodable[] fields = ASN1Sequence.getInstance(certificate.getObjectAt(0)).toArray();
    fields[field] = value;
    DERSequence signed = new DERSequence(fields);
    PssContentSigner signer = new PssContentSigner(platform.keys().ask().key(), Lab.RANDOM);
    try {
      signer.getOutputStream().write(signed.getEncoded());
      ASN1Encodable[] whole = {
        signed, signer.getAlgorithmIdentifier(), new DERBitString(signer.getSignature())
      };
      return new DERSequence(whole).getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static PublicKey newKey() {
    KeyPair key = SecureProcessor.newKey(Lab.RANDOM);
    return key.getPublic();
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
}
