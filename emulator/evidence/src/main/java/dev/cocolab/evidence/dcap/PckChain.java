package dev.cocolab.evidence.dcap;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.asn1.ASN1OctetString;

/**
 * The certificates that a quote brings along: PCK, its authority, the root. Only read here; nothing
 * is trusted yet.
 *
 * @param leaf certificate of the key that signs the quoting enclave's report
 * @param intermediate the authority that issued it
 * @param root the authority that issued that
 * @param kind which of the two authorities it is
 * @param platform what the leaf says of the platform
 */
public record PckChain(
    X509Certificate leaf,
    X509Certificate intermediate,
    X509Certificate root,
    CaKind kind,
    PckExtension platform) {
  private static final int LENGTH = 3;

  /** Checks that nothing is missing. */
  public PckChain {
    Objects.requireNonNull(leaf, "leaf");
    Objects.requireNonNull(intermediate, "intermediate");
    Objects.requireNonNull(root, "root");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(platform, "platform");
  }

  /**
   * Reads the chain of a quote.
   *
   * @param pem PEM, leaf first; a NUL at the end is ignored
   * @throws EvidenceException {@link Refusal#PCK_CHAIN_MALFORMED} or {@link Refusal#PCK_EXTENSION},
   *     in Trustee's words
   */
  public static PckChain parse(byte[] pem) {
    List<X509Certificate> certificates;
    try {
      certificates = Certificates.ofPem(pem);
    } catch (CertificateException e) {
      throw EvidenceException.of(Refusal.PCK_CHAIN_MALFORMED);
    }
    if (certificates.size() != LENGTH) {
      throw EvidenceException.of(
          Refusal.PCK_CHAIN_MALFORMED,
          "PCK cert chain must contain exactly 3 certificates (leaf, intermediate CA, root CA),"
              + " got "
              + certificates.size());
    }
    X509Certificate intermediate = certificates.get(1);
    String name =
        Certificates.commonName(intermediate)
            .orElseThrow(
                () ->
                    EvidenceException.of(
                        Refusal.PCK_CHAIN_MALFORMED,
                        "PCK intermediate CA cert has no Common Name"));
    CaKind kind =
        CaKind.ofCommonName(name)
            .orElseThrow(
                () ->
                    EvidenceException.of(
                        Refusal.PCK_CHAIN_MALFORMED, "unexpected PCK intermediate CA CN: " + name));
    X509Certificate leaf = certificates.get(0);
    return new PckChain(leaf, intermediate, certificates.get(2), kind, platform(leaf, kind));
  }

  private static PckExtension platform(X509Certificate leaf, CaKind kind) {
    byte[] value = leaf.getExtensionValue(PckExtension.OID);
    if (value == null) {
      throw refused("SGX extensions OID not found in PCK leaf cert");
    }
    PckExtension platform;
    try {
      platform = PckExtension.parse(ASN1OctetString.getInstance(value).getOctets());
    } catch (PckExtension.MalformedException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
    if (kind == CaKind.PLATFORM) {
      if (platform.platformInstanceId().isEmpty()) {
        throw refused("Platform PCK cert is missing platform_instance");
      }
      if (platform.configuration().isEmpty()) {
        throw refused("Platform PCK cert is missing configuration");
      }
    } else if (platform.platformInstanceId().isPresent() || platform.configuration().isPresent()) {
      throw refused("Processor CA cert unexpectedly contains platform_instance or configuration");
    }
    return platform;
  }

  private static EvidenceException refused(String text) {
    return EvidenceException.of(Refusal.PCK_EXTENSION, text);
  }
}
