package dev.cocolab.evidence;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The certificate authorities a verifier trusts to speak for AMD processors, by generation.
 * Immutable.
 *
 * <p>Emulated authorities are told from real ones by their subject ({@link #EMULATED_ORGANISATION})
 * only for {@link #label()}; no check depends on it.
 */
public final class AmdRoots {

  /** Organisation in the subject of every emulated certificate. */
  public static final String EMULATED_ORGANISATION = "CoCoLab emulated, not for production";

  private static final String EMULATED = "emulated";
  private static final String VENDOR = "AMD";

  /**
   * The authority of one generation.
   *
   * @param ark AMD root key: self-signed
   * @param ask AMD SEV key: signed by the root, signs VCEKs
   * @param asvk AMD SEV VLEK key: signed by the root, signs VLEKs; empty if none is trusted
   */
  public record Chain(X509Certificate ark, X509Certificate ask, Optional<X509Certificate> asvk) {
    public Chain {
      Objects.requireNonNull(ark, "ark");
      Objects.requireNonNull(ask, "ask");
      Objects.requireNonNull(asvk, "asvk");
    }

    /** An authority that endorses chips only. */
    public Chain(X509Certificate ark, X509Certificate ask) {
      this(ark, ask, Optional.empty());
    }

    /**
     * Reads the bundle AMD's key distribution service hands out.
     *
     * @param pem PEM certificates in the order ASK, ARK and, if present, ASVK
     * @throws IllegalArgumentException if the text does not hold two or three certificates
     */
    public static Chain ofBundle(byte[] pem) {
      List<X509Certificate> certificates = new ArrayList<>();
      try {
        for (var certificate :
            CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem))) {
          certificates.add((X509Certificate) certificate);
        }
      } catch (CertificateException e) {
        throw new IllegalArgumentException("not a bundle of PEM certificates", e);
      }
      if (certificates.size() < 2 || certificates.size() > 3) {
        throw new IllegalArgumentException(
            "a bundle holds ASK, ARK and perhaps ASVK, not " + certificates.size());
      }
      return new Chain(
          certificates.get(1), certificates.get(0), certificates.stream().skip(2).findFirst());
    }

    /** {@code emulated} or {@code AMD}. */
    public String label() {
      return ark.getSubjectX500Principal().getName().contains("CoCoLab emulated")
          ? EMULATED
          : VENDOR;
    }
  }

  private final Map<AmdGeneration, List<Chain>> chains;
  private final List<X509CRL> revocationLists;

  private AmdRoots(Map<AmdGeneration, List<Chain>> chains, List<X509CRL> revocationLists) {
    this.chains = chains;
    this.revocationLists = List.copyOf(revocationLists);
  }

  /** One authority a generation; generations that are absent are not trusted. */
  public static AmdRoots of(Map<AmdGeneration, Chain> chains) {
    Map<AmdGeneration, List<Chain>> lists = new EnumMap<>(AmdGeneration.class);
    chains.forEach((generation, chain) -> lists.put(generation, List.of(chain)));
    return new AmdRoots(lists, List.of());
  }

  /** Both sets of anchors; those of this set are tried first. */
  public AmdRoots and(AmdRoots others) {
    Map<AmdGeneration, List<Chain>> both = new EnumMap<>(AmdGeneration.class);
    for (AmdGeneration generation : AmdGeneration.values()) {
      List<Chain> joined = new ArrayList<>(chains(generation));
      joined.addAll(others.chains(generation));
      if (!joined.isEmpty()) {
        both.put(generation, List.copyOf(joined));
      }
    }
    List<X509CRL> lists = new ArrayList<>(revocationLists);
    lists.addAll(others.revocationLists);
    return new AmdRoots(both, lists);
  }

  /**
   * The same anchors, and lists of what they no longer stand for. Such a list has to be current
   * whenever evidence is judged.
   *
   * @param lists as AMD's key distribution service hands them out; each counts for the certificates
   *     of the authority that signed it
   */
  public AmdRoots withRevocationLists(List<X509CRL> lists) {
    List<X509CRL> all = new ArrayList<>(revocationLists);
    all.addAll(lists);
    return new AmdRoots(chains, all);
  }

  /** The configured lists of revoked certificates; none unless told otherwise. */
  public List<X509CRL> revocationLists() {
    return revocationLists;
  }

  /** The authorities of a generation, in the order they are tried; empty if it is not trusted. */
  public List<Chain> chains(AmdGeneration generation) {
    return chains.getOrDefault(generation, List.of());
  }

  /**
   * Whose authorities these are: {@code emulated}, {@code AMD}, {@code AMD and emulated} or {@code
   * none}.
   */
  public String label() {
    String label =
        chains.values().stream()
            .flatMap(List::stream)
            .map(Chain::label)
            .distinct()
            .sorted()
            .collect(Collectors.joining(" and "));
    return label.isEmpty() ? "none" : label;
  }

  /** Whether an emulated authority is among them. */
  public boolean trustsEmulated() {
    return chains.values().stream()
        .flatMap(List::stream)
        .anyMatch(chain -> EMULATED.equals(chain.label()));
  }
}
