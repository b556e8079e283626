package dev.cocolab.evidence.nvidia;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;

/** The certificates of a device: that of the key which signs reports first, the root last. */
final class DeviceChain {

  /** DICE TcbInfo (TCG DICE Attestation Architecture, section 6.1.1). */
  private static final String TCB_INFO = "2.23.133.5.4.1";

  private static final int FIRMWARE_ID_SIZE = 48;
  private static final int P384_BITS = 384;

  /** Real chains have five. */
  private static final int MAX_CERTIFICATES = 16;

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  private final List<X509Certificate> certificates;

  private DeviceChain(List<X509Certificate> certificates) {
    this.certificates = certificates;
  }

  /**
   * Reads a chain; text between the certificates is not looked at.
   *
   * @throws EvidenceException {@link Refusal#NVIDIA_CHAIN_MALFORMED}
   */
  static DeviceChain parse(byte[] pem) {
    String text = new String(pem, StandardCharsets.ISO_8859_1);
    List<X509Certificate> certificates = new ArrayList<>();
    int begin = text.indexOf(BEGIN);
    while (begin >= 0) {
      int end = text.indexOf(END, begin);
      if (end < 0) {
        throw malformed("PEM without an end");
      }
      if (certificates.size() == MAX_CERTIFICATES) {
        throw malformed("more than " + MAX_CERTIFICATES + " certificates");
      }
      certificates.add(certificate(text.substring(begin + BEGIN.length(), end)));
      begin = text.indexOf(BEGIN, end);
    }
    if (certificates.isEmpty()) {
      throw malformed("Leaf certificate not found in the NVIDIA certificate chain");
    }
    return new DeviceChain(certificates);
  }

  private static X509Certificate certificate(String base64) {
    try {
      byte[] der = Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (IllegalArgumentException e) {
      throw malformed("PEM that is not base64");
    } catch (CertificateException e) {
      throw malformed("not a certificate");
    }
  }

  private static EvidenceException malformed(String message) {
    return EvidenceException.of(Refusal.NVIDIA_CHAIN_MALFORMED, message);
  }

  /** Checks that the key of the first certificate signed the report. */
  void requireSigned(MeasurementReport report) {
    if (!isSigned(report)) {
      throw EvidenceException.of(Refusal.NVIDIA_SIGNATURE);
    }
  }

  private boolean isSigned(MeasurementReport report) {
    if (!(leaf().getPublicKey() instanceof ECPublicKey key)
        || key.getParams().getCurve().getField().getFieldSize() != P384_BITS) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initVerify(key);
      signature.update(report.signed());
      return signature.verify(report.signature());
    } catch (SignatureException e) {
      return false; // no two numbers of that curve
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has ECDSA", e);
    }
  }

  /**
   * Checks that one of the roots vouches for the first certificate, and that the key belongs to the
   * firmware the report names.
   */
  void requireTrusted(Set<X509Certificate> roots, String firmwareId, Instant now) {
    if (certificates.size() < 2) {
      throw EvidenceException.of(Refusal.NVIDIA_CHAIN_SHORT);
    }
    X509Certificate root = certificates.get(certificates.size() - 1);
    if (!roots.contains(root)) {
      throw EvidenceException.of(Refusal.NVIDIA_ROOT);
    }
    String endorsed = firmwareId();
    if (!endorsed.equals(firmwareId)) {
      throw EvidenceException.of(
              Refusal.NVIDIA_FWID,
              "Fwid mismatch: certificate " + endorsed + ", evidence " + firmwareId)
          .withMismatch("fwid", endorsed, firmwareId);
    }
    requirePath(root, now);
  }

  private void requirePath(X509Certificate root, Instant now) {
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(leaf());
    try {
      PKIXBuilderParameters parameters =
          new PKIXBuilderParameters(Set.of(new TrustAnchor(root, null)), target);
      parameters.addCertStore(
          CertStore.getInstance(
              "Collection",
              new CollectionCertStoreParameters(certificates.subList(0, certificates.size() - 1))));
      parameters.setDate(Date.from(now));
      parameters.setMaxPathLength(MAX_CERTIFICATES);
      parameters.setRevocationEnabled(false);
      CertPathBuilder.getInstance("PKIX").build(parameters);
    } catch (GeneralSecurityException e) {
      throw EvidenceException.because(
          Refusal.NVIDIA_CHAIN, e.getMessage() == null ? "no valid path" : e.getMessage());
    }
  }

  /** The last 48 bytes of what the certificate says about its firmware, in hex. */
  String firmwareId() {
    byte[] extension = leaf().getExtensionValue(TCB_INFO);
    if (extension == null) {
      throw EvidenceException.of(
          Refusal.NVIDIA_FWID, "FwId oid not found in the NVIDIA signing certificate");
    }
    byte[] value = ASN1OctetString.getInstance(extension).getOctets();
    if (value.length < FIRMWARE_ID_SIZE) {
      throw EvidenceException.of(Refusal.NVIDIA_FWID, "Unexpected fwid oid size");
    }
    return EvidenceJson.hex(
        Arrays.copyOfRange(value, value.length - FIRMWARE_ID_SIZE, value.length));
  }

  private X509Certificate leaf() {
    return certificates.get(0);
  }
}
