package dev.cocolab.evidence.dcap;

import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The root authorities that a verifier trusts to speak for Intel platforms. Immutable. Trustee's
 * library has Intel's key built in; here roots are configuration, compared by their public keys.
 */
public final class IntelRoots {
  private static final String EMULATED = "emulated";
  private static final String VENDOR = "Intel";

  private final List<X509Certificate> roots;

  private IntelRoots(List<X509Certificate> roots) {
    this.roots = List.copyOf(roots);
  }

  /** These roots; none is a set that trusts nobody. */
  public static IntelRoots of(List<X509Certificate> roots) {
    return new IntelRoots(roots);
  }

  /** No root at all: every quote is refused. */
  public static IntelRoots none() {
    return new IntelRoots(List.of());
  }

  /**
   * Reads root certificates.
   *
   * @param pem any number of them
   * @throws IllegalArgumentException when there is none, or one cannot be read
   */
  public static IntelRoots ofPem(byte[] pem) {
    try {
      List<X509Certificate> roots = Certificates.ofPem(pem);
      if (roots.isEmpty()) {
        throw new IllegalArgumentException("there is no PEM certificate in it");
      }
      return new IntelRoots(roots);
    } catch (CertificateException e) {
      throw new IllegalArgumentException("a PEM certificate in it cannot be read", e);
    }
  }

  /** Both sets of roots. */
  public IntelRoots and(IntelRoots others) {
    List<X509Certificate> both = new ArrayList<>(roots);
    both.addAll(others.roots);
    return new IntelRoots(both);
  }

  /** The trusted root that has the key of this certificate. */
  Optional<X509Certificate> trusted(X509Certificate presented) {
    byte[] key = presented.getPublicKey().getEncoded();
    return roots.stream()
        .filter(root -> MessageDigest.isEqual(root.getPublicKey().getEncoded(), key))
        .findFirst();
  }

  /** {@code emulated} or {@code Intel}. */
  static String label(X509Certificate root) {
    return root.getSubjectX500Principal().getName().contains("CoCoLab emulated")
        ? EMULATED
        : VENDOR;
  }

  /**
   * Whose roots these are: {@code emulated}, {@code Intel}, both joined by "and", or {@code none}.
   */
  public String label() {
    String label =
        roots.stream()
            .map(IntelRoots::label)
            .distinct()
            .sorted()
            .collect(Collectors.joining(" and "));
    return label.isEmpty() ? "none" : label;
  }
}
