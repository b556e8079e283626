package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.snp.CertificateTable.Kind;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whose endorsement the key behind a report carries. Good signatures are remembered, a
 * bounded number of them; validity periods are checked every time. Safe for use by several threads.
 */
public final class Endorsements {

  private final Map<AmdGeneration, List<AmdRoots.Chain>> chains =
      new EnumMap<>(AmdGeneration.class);
  private final Map<AmdGeneration, String> brokenChains = new EnumMap<>(AmdGeneration.class);
  private final CertificateSignatures signatures = new CertificateSignatures();

  /**
   * An endorsement key whose chain holds.
   *
   * @param key its certificate
   * @param ark the root, as the host or the trusted authority has it
   * @param ask the intermediate, ASK or ASVK
   * @param anchor the trusted authority
   */
  record Endorsed(
      VcekCertificate key, X509Certificate ark, X509Certificate ask, AmdRoots.Chain anchor) {}

  /** Endorsements by these authorities. */
  public Endorsements(AmdRoots roots) {
    for (AmdGeneration generation : AmdGeneration.values()) {
      chains.put(generation, roots.chains(generation));
      for (AmdRoots.Chain chain : roots.chains(generation)) {
        flaw(chain).ifPresent(flaw -> brokenChains.putIfAbsent(generation, flaw));
      }
    }
  }

  private Optional<String> flaw(AmdRoots.Chain chain) {
    if (!signatures.isSignedBy(chain.ark(), chain.ark())) {
      return Optional.of("ARK is not self-signed");
    }
    return signatures.isSignedBy(chain.ask(), chain.ark())
        ? Optional.empty()
        : Optional.of("ASK is not signed by ARK");
  }

  /**
   * The authority that signed the VCEK of a guest on Azure, which is valid at the time.
   *
   * @throws EvidenceException {@link Refusal#CA_CHAIN} or {@link Refusal#VCEK_CHAIN}
   */
  public AmdRoots.Chain check(VcekCertificate vcek, AmdGeneration generation, Instant now) {
    if (brokenChains.containsKey(generation)) {
      throw EvidenceException.because(Refusal.CA_CHAIN, brokenChains.get(generation));
    }
    AmdRoots.Chain chain =
        chains.get(generation).stream()
            .filter(trusted -> signatures.isSignedBy(vcek, trusted.ask()))
            .findFirst()
            .orElseThrow(
                () -> notEndorsed().withMismatch("issuer", issuers(generation), "another key"));
    if (!vcek.isValidAt(now)) {
      throw notEndorsed()
          .withMismatch("validity", vcek.notBefore() + " to " + vcek.notAfter(), now.toString());
    }
    return chain;
  }

  /**
   * The chain of the endorsement key in the table of a host. Every root in the table must be signed
   * by the trusted one; what the table lacks is taken from the trusted authority. As Trustee's,
   * this check looks at signatures, not at validity periods.
   *
   * @throws EvidenceException {@link Refusal#CERTIFICATE_MALFORMED}, {@link Refusal#VEK_ABSENT},
   *     {@link Refusal#ARK_FOREIGN} or {@link Refusal#VEK_CHAIN}
   */
  Endorsed check(CertificateTable table, AmdGeneration generation) {
    List<X509Certificate> arks = table.authorities(Kind.ARK);
    Optional<X509Certificate> ark = last(arks);
    List<AmdRoots.Chain> anchors =
        chains.get(generation).stream()
            .filter(
                anchor -> arks.stream().allMatch(one -> signatures.isSignedBy(one, anchor.ark())))
            .toList();
    if (ark.isPresent() && anchors.isEmpty()) {
      throw EvidenceException.of(Refusal.ARK_FOREIGN)
          .withMismatch("issuer", issuers(generation), "another key");
    }
    Optional<X509Certificate> ask = last(table.authorities(Kind.ASK));
    CertificateTable.Entry entry =
        table.endorsementKey().orElseThrow(() -> EvidenceException.of(Refusal.VEK_ABSENT));
    VcekCertificate key = entry.endorsementKey();
    for (AmdRoots.Chain anchor : anchors) {
      X509Certificate root = ark.orElse(anchor.ark());
      Optional<X509Certificate> intermediate =
          ask.or(() -> entry.kind() == Kind.VLEK ? anchor.asvk() : Optional.of(anchor.ask()));
      if (intermediate.isPresent() && holds(root, intermediate.get(), key)) {
        return new Endorsed(key, root, intermediate.get(), anchor);
      }
    }
    throw EvidenceException.because(
            Refusal.VEK_CHAIN, "Signer certificate does not sign signee certificate")
        .withMismatch("issuer", issuers(generation), "another key");
  }

  /**
   * The chain of an endorsement key that a source gave: that of a chip, signed by a trusted
   * authority.
   *
   * @throws EvidenceException {@link Refusal#VEK_SOURCE_MALFORMED} or {@link
   *     Refusal#VEK_SOURCE_CHAIN}
   */
  Endorsed checkFetched(byte[] certificate, AmdGeneration generation) {
    VcekCertificate key;
    try {
      key = new CertificateTable.Entry(Kind.VCEK, certificate).endorsementKey();
    } catch (EvidenceException e) {
      throw EvidenceException.because(
          Refusal.VEK_SOURCE_MALFORMED,
          e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    }
    for (AmdRoots.Chain anchor : chains.get(generation)) {
      if (holds(anchor.ark(), anchor.ask(), key)) {
        return new Endorsed(key, anchor.ark(), anchor.ask(), anchor);
      }
    }
    throw EvidenceException.because(
            Refusal.VEK_SOURCE_CHAIN, "Signer certificate does not sign signee certificate")
        .withMismatch("issuer", issuers(generation), "another key");
  }

  /** Trustee lets a later certificate replace an earlier one. */
  private static Optional<X509Certificate> last(List<X509Certificate> certificates) {
    return certificates.isEmpty()
        ? Optional.empty()
        : Optional.of(certificates.get(certificates.size() - 1));
  }

  private boolean holds(X509Certificate ark, X509Certificate ask, VcekCertificate key) {
    return signatures.isSignedBy(ark, ark)
        && signatures.isSignedBy(ask, ark)
        && signatures.isSignedBy(key, ask);
  }

  private String issuers(AmdGeneration generation) {
    List<String> names =
        chains.get(generation).stream()
            .map(chain -> chain.label() + " SEV-" + generation.productName())
            .toList();
    return names.isEmpty() ? "no trusted authority" : String.join(", ", names);
  }

  private static EvidenceException notEndorsed() {
    return EvidenceException.because(
        Refusal.VCEK_CHAIN, "VCEK is not signed by ASK (or not valid at verification time)");
  }
}
