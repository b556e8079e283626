package dev.cocolab.evidence.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.snp.CertificateTable.Entry;
import dev.cocolab.evidence.snp.CertificateTable.Kind;
import dev.cocolab.evidence.snp.TestAmd.Endorsement;
import dev.cocolab.evidence.snp.TestAmd.Issued;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Keys and authorities that their issuer no longer stands for. */
class RevocationTest {

  private static final TestAmd AMD = TestAmd.of(AmdGeneration.GENOA);
  private static final Issued VCEK = TestAmd.endorse(AMD.ask, withSerial("SEV-VCEK", 77));
  private static final Issued VLEK = TestAmd.endorse(AMD.asvk, withSerial("SEV-VLEK", 88));
  private static final long ASK_SERIAL = 2;
  private static final long ASVK_SERIAL = 3;

  private static Endorsement withSerial(String name, long serial) {
    Endorsement chip = AMD.chip();
    return new Endorsement(name, chip.chip(), chip.tcb(), serial, TestAmd.FROM, TestAmd.UNTIL);
  }

  private static X509CRL list(Issued issuer, long... serials) {
    return TestAmd.revoked(issuer, TestAmd.FROM, TestAmd.UNTIL, serials);
  }

  private static ObjectNode evidence(Kind kind, Entry... more) {
    Issued key = kind == Kind.VLEK ? VLEK : VCEK;
    List<Entry> entries = new ArrayList<>(List.of(more));
    entries.add(new Entry(kind, key.der()));
    return new SnpEvidence(AMD.report(3, key, r -> r), Optional.of(new CertificateTable(entries)))
        .toJson();
  }

  private static VerifiedGuest verify(AmdRoots roots, Stance stance, ObjectNode evidence) {
    return new SnpVerifier(roots, Vectors.CLOCK, stance)
        .check(evidence, ExpectedBinding.ofReportData(new byte[64]));
  }

  private static EvidenceException refused(Refusal reason, AmdRoots roots, ObjectNode evidence) {
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class, () -> verify(roots, Stance.strict(), evidence));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.reason()).as(refusal.chain()).isEqualTo(reason);
    assertThat(verify(roots, Stance.compatible(), evidence).claims().claims()).isNotEmpty();
    return refusal;
  }

  private static AmdRoots with(X509CRL... lists) {
    return AMD.roots().withRevocationLists(List.of(lists));
  }

  @Test
  void listsThatDoNotNameTheChainChangeNothing() {
    AmdRoots roots = with(list(AMD.ark, 9), list(AMD.ask, 78));

    assertThat(verify(roots, Stance.strict(), evidence(Kind.VCEK)).claims().claims()).isNotEmpty();
    assertThat(verify(roots, Stance.strict(), evidence(Kind.VLEK)).claims().claims()).isNotEmpty();
  }

  @Test
  void anAuthorityThatIsRevokedEndorsesNothing() {
    assertThat(
            refused(Refusal.REVOKED, with(list(AMD.ark, ASK_SERIAL)), evidence(Kind.VCEK)).chain())
        .isEqualTo(
            "Certificate is revoked: CN=SEV-Genoa, serial number 2, on 2025-01-01T00:00:00Z");
    refused(Refusal.REVOKED, with(list(AMD.ark, ASVK_SERIAL)), evidence(Kind.VLEK));
    verify(with(list(AMD.ark, ASVK_SERIAL)), Stance.strict(), evidence(Kind.VCEK));
  }

  @Test
  void aKeyThatIsRevokedSignsNothing() {
    assertThat(refused(Refusal.REVOKED, with(list(AMD.ask, 77)), evidence(Kind.VCEK)).chain())
        .isEqualTo("Certificate is revoked: SEV-VCEK, serial number 77, on 2025-01-01T00:00:00Z");
    refused(Refusal.REVOKED, with(list(AMD.asvk, 88)), evidence(Kind.VLEK));
  }

  @Test
  void aListSpeaksForItsIssuerOnly() {
    AmdRoots roots =
        with(list(AMD.asvk, 77), list(TestAmd.another(AmdGeneration.GENOA).ark, ASK_SERIAL));

    assertThat(verify(roots, Stance.strict(), evidence(Kind.VCEK)).claims().claims()).isNotEmpty();
  }

  @Test
  void aHostMayBringLists() throws CRLException {
    Entry revoked = new Entry(Kind.CRL, list(AMD.ark, ASK_SERIAL).getEncoded());
    Entry other = new Entry(Kind.CRL, list(AMD.ark, 9).getEncoded());

    refused(Refusal.REVOKED, AMD.roots(), evidence(Kind.VCEK, other, revoked));
    assertThat(verify(AMD.roots(), Stance.strict(), evidence(Kind.VCEK, other)).claims().claims())
        .isNotEmpty();
  }

  @Test
  void aListOfAHostMayBeOld() throws CRLException {
    X509CRL old =
        TestAmd.revoked(AMD.ark, TestAmd.FROM, Instant.parse("2025-02-01T00:00:00Z"), ASK_SERIAL);

    refused(
        Refusal.REVOKED, AMD.roots(), evidence(Kind.VCEK, new Entry(Kind.CRL, old.getEncoded())));
  }

  @ParameterizedTest
  @CsvSource({
    "2025-01-01T00:00:00Z, 2025-06-01T00:00:00Z",
    "2025-06-01T00:00:01Z, 2026-01-01T00:00:00Z"
  })
  void aConfiguredListIsCurrent(Instant from, Instant until) {
    EvidenceException refusal =
        refused(
            Refusal.REVOCATION_LIST_AGE,
            with(TestAmd.revoked(AMD.ark, from, until)),
            evidence(Kind.VCEK));

    assertThat(refusal).hasMessage("List of revoked certificates is not current");
    assertThat(refusal.mismatch().orElseThrow().field()).isEqualTo("CN=ARK-Genoa");
  }

  @Test
  void aListThatCannotBeReadIsRefused() {
    for (byte[] bytes : List.of(new byte[0], new byte[] {0x30, 0}, VCEK.der())) {
      EvidenceException refusal =
          refused(
              Refusal.CERTIFICATE_MALFORMED,
              AMD.roots(),
              evidence(Kind.VCEK, new Entry(Kind.CRL, bytes)));
      assertThat(refusal.getCause()).hasMessage("CRL is not a list of revoked certificates");
    }
  }
}
