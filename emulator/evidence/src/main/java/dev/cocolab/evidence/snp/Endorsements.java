package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whose endorsement a VCEK carries. Successful signature checks are remembered, a bounded
 * number of them: a VCEK never changes for a chip and a TCB version. Validity periods are checked
 * every time.
 */
public final class Endorsements {

  private static final int REMEMBERED = 256;

  private record Key(AmdGeneration generation, ByteBuffer vcek) {}

  private final Map<AmdGeneration, List<AmdRoots.Chain>> chains =
      new EnumMap<>(AmdGeneration.class);
  private final Map<AmdGeneration, String> brokenChains = new EnumMap<>(AmdGeneration.class);
  private final Map<Key, AmdRoots.Chain> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, AmdRoots.Chain> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Endorsements by these authorities. */
  public Endorsements(AmdRoots roots) {
    for (AmdGeneration generation : AmdGeneration.values()) {
      chains.put(generation, roots.chains(generation));
      for (AmdRoots.Chain chain : roots.chains(generation)) {
        flaw(chain).ifPresent(flaw -> brokenChains.putIfAbsent(generation, flaw));
      }
    }
  }

  private static Optional<String> flaw(AmdRoots.Chain chain) {
    if (!isSignedBy(chain.ark(), chain.ark())) {
      return Optional.of("ARK is not self-signed");
    }
    return isSignedBy(chain.ask(), chain.ark())
        ? Optional.empty()
        : Optional.of("ASK is not signed by ARK");
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // an answer, not a failure
    }
  }

  /**
   * The authority that signed the VCEK, which is valid at the time.
   *
   * @throws EvidenceException {@link Refusal#CA_CHAIN} or {@link Refusal#VCEK_CHAIN}
   */
  public AmdRoots.Chain check(VcekCertificate vcek, AmdGeneration generation, Instant now) {
    if (brokenChains.containsKey(generation)) {
      throw EvidenceException.because(Refusal.CA_CHAIN, brokenChains.get(generation));
    }
    AmdRoots.Chain chain =
        signer(vcek, generation)
            .orElseThrow(
                () -> notEndorsed().withMismatch("issuer", issuers(generation), "another key"));
    if (!vcek.isValidAt(now)) {
      throw notEndorsed()
          .withMismatch("validity", vcek.notBefore() + " to " + vcek.notAfter(), now.toString());
    }
    return chain;
  }

  private Optional<AmdRoots.Chain> signer(VcekCertificate vcek, AmdGeneration generation) {
    Key key = new Key(generation, ByteBuffer.wrap(vcek.der()));
    synchronized (remembered) {
      AmdRoots.Chain known = remembered.get(key);
      if (known != null) {
        return Optional.of(known);
      }
    }
    Optional<AmdRoots.Chain> signer =
        chains.get(generation).stream()
            .filter(chain -> vcek.isSignedBy(chain.ask().getPublicKey()))
            .findFirst();
    signer.ifPresent(
        chain -> {
          synchronized (remembered) {
            remembered.put(key, chain);
          }
        });
    return signer;
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
