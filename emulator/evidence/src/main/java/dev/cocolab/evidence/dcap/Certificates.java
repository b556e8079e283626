package dev.cocolab.evidence.dcap;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/** Reading of certificates and revocation lists (RFC 5280), bounded. */
final class Certificates {
  private static final int LONGEST = 1 << 20;
  private static final String CRL_NUMBER = "2.5.29.20";
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]*-----END CERTIFICATE-----");

  private Certificates() {}

  /**
   * Certificates in PEM, in order; whatever stands between them is ignored.
   *
   * @throws CertificateException when one of them cannot be read, or the text is too long
   */
  static List<X509Certificate> ofPem(byte[] text) throws CertificateException {
    if (text.length > LONGEST) {
      throw new CertificateException("longer than " + LONGEST + " bytes");
    }
    List<X509Certificate> out = new ArrayList<>();
    Matcher matcher = PEM.matcher(new String(text, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      out.add(of(matcher.group().getBytes(StandardCharsets.ISO_8859_1)));
    }
    return out;
  }

  private static X509Certificate of(byte[] encoded) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  /**
   * A revocation list in DER.
   *
   * @throws CRLException when it cannot be read, or is too long
   */
  static X509CRL crl(byte[] der) throws CRLException {
    if (der.length > LONGEST) {
      throw new CRLException("longer than " + LONGEST + " bytes");
    }
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new CRLException(e);
    }
  }

  /** The subject's common name. */
  static Optional<String> commonName(X509Certificate certificate) {
    var names =
        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded())
            .getRDNs(BCStyle.CN);
    return names.length == 0
        ? Optional.empty()
        : Optional.of(IETFUtils.valueToString(names[0].getFirst().getValue()));
  }

  /** Whether names and signature say that one issued the other. */
  static boolean isIssuedBy(X509Certificate certificate, X509Certificate issuer) {
    return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
        && isSignedBy(certificate, issuer.getPublicKey());
  }

  private static boolean isSignedBy(X509Certificate certificate, PublicKey key) {
    try {
      certificate.verify(key);
      return true;
    } catch (GeneralSecurityException e) {
      return false; // an answer, not a failure
    }
  }

  /** Whether this key signed the list. */
  static boolean isSignedBy(X509CRL list, PublicKey key) {
    try {
      list.verify(key);
      return true;
    } catch (GeneralSecurityException e) {
      return false; // an answer, not a failure
    }
  }

  /** The list's number; empty when it has none that can be read. */
  static Optional<Long> number(X509CRL list) {
    byte[] value = list.getExtensionValue(CRL_NUMBER);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          ASN1Integer.getInstance(ASN1OctetString.getInstance(value).getOctets())
              .getValue()
              .longValueExact());
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
