package dev.cocolab.evidence.snp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.snp.CertificateTable.Entry;
import dev.cocolab.evidence.snp.CertificateTable.Kind;
import dev.cocolab.evidence.snp.TestAmd.Issued;
import java.security.cert.CRLException;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever a host or a source gives as certificate or list: no other exception leaves. */
class HostileEndorsementTest {

  private static final TestAmd AMD = TestAmd.of(AmdGeneration.TURIN);
  private static final Issued VCEK = TestAmd.endorse(AMD.ask, AMD.chip());
  private static final SnpReport REPORT = AMD.report(5, VCEK, r -> r);

  @Property(tries = 60)
  void anySource(@ForAll byte[] bytes) {
    verify(Optional.empty(), request -> bytes);
  }

  @Property(tries = 60)
  void anyByteOfAFetchedKeyChanged(@ForAll @IntRange(max = 500) int position, @ForAll byte value) {
    verify(Optional.empty(), request -> changed(VCEK.der(), position, value));
  }

  @Property(tries = 60)
  void anyEntry(@ForAll Kind kind, @ForAll byte[] bytes) {
    Entry entry =
        new Entry(kind, kind == Kind.OTHER ? Optional.of("uuid") : Optional.empty(), bytes);
    verify(Optional.of(entry), request -> bytes);
  }

  @Property(tries = 60)
  void anyByteOfAListChanged(@ForAll @IntRange(max = 300) int position, @ForAll byte value)
      throws CRLException {
    byte[] list = TestAmd.revoked(AMD.ark, TestAmd.FROM, TestAmd.UNTIL, 9).getEncoded();
    verify(
        Optional.of(new Entry(Kind.CRL, changed(list, position, value))), request -> new byte[0]);
  }

  @Property(tries = 60)
  void anyByteOfAnAuthorityChanged(@ForAll @IntRange(max = 400) int position, @ForAll byte value) {
    verify(
        Optional.of(new Entry(Kind.ASK, changed(AMD.ask.der(), position, value))),
        request -> new byte[0]);
  }

  private static byte[] changed(byte[] bytes, int position, byte value) {
    byte[] changed = bytes.clone();
    changed[position % changed.length] = value;
    return changed;
  }

  private static void verify(Optional<Entry> entry, VcekSource source) {
    Optional<CertificateTable> table =
        entry.map(one -> new CertificateTable(List.of(one, new Entry(Kind.VCEK, VCEK.der()))));
    try {
      VerifiedGuest guest =
          new SnpVerifier(AMD.roots(), Vectors.CLOCK, Stance.strict(), List.of(source))
              .check(
                  new SnpEvidence(REPORT, table).toJson(),
                  ExpectedBinding.ofReportData(new byte[64]));
      assertThat(guest.generation()).isEqualTo(AmdGeneration.TURIN);
    } catch (EvidenceException e) {
      assertThat(e.chain()).isNotEmpty();
    }
  }
}
