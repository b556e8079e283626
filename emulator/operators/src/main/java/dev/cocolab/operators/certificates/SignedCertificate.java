package dev.cocolab.operators.certificates;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/** Makes certificates (RFC 5280) from requests (RFC 2986). */
final class SignedCertificate {
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Duration BACKDATED = Duration.ofMinutes(5);

  private final X509Certificate authority;
  private final PrivateKey key;
  private final Clock clock;
  private final RandomGenerator random;

  SignedCertificate(
      X509Certificate authority, PrivateKey key, Clock clock, RandomGenerator random) {
    this.authority = authority;
    this.key = key;
    this.clock = clock;
    this.random = random;
  }

  /** The request in Base64 of PEM, with a signature of its own key; empty when it is none. */
  static Optional<PKCS10CertificationRequest> parse(String base64) {
    try (PEMParser parser =
        new PEMParser(
            new StringReader(
                new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII)))) {
      return parser.readObject() instanceof PKCS10CertificationRequest request
              && request.isSignatureValid(
                  new JcaContentVerifierProviderBuilder()
                      .build(
                          new JcaPEMKeyConverter().getPublicKey(request.getSubjectPublicKeyInfo())))
          ? Optional.of(request)
          : Optional.empty();
    } catch (IOException
        | PKCSException
        | OperatorCreationException
        | IllegalArgumentException
        | ClassCastException e) {
      return Optional.empty();
    }
  }

  static List<GeneralName> alternativeNames(PKCS10CertificationRequest request) {
    return Arrays.stream(request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest))
        .flatMap(attribute -> Arrays.stream(attribute.getAttributeValues()))
        .map(Extensions::getInstance)
        .map(
            extensions -> GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName))
        .filter(names -> names != null)
        .flatMap(names -> Arrays.stream(names.getNames()))
        .toList();
  }

  /**
   * Signs.
   *
   * @param seconds how long it lasts, at most a year and as long as the authority; empty: that long
   * @return PEM text
   */
  String sign(PKCS10CertificationRequest request, List<String> usages, Optional<Integer> seconds) {
    Instant now = clock.instant();
    Duration life =
        seconds
            .map(Duration::ofSeconds)
            .filter(wanted -> wanted.compareTo(LONGEST) < 0)
            .orElse(LONGEST);
    Instant asked = now.plus(life);
    Instant end = authority.getNotAfter().toInstant();
    byte[] serial = new byte[16];
    random.nextBytes(serial);
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            X500Name.getInstance(authority.getSubjectX500Principal().getEncoded()),
            new BigInteger(1, serial).setBit(127),
            Date.from(now.minus(BACKDATED)),
            Date.from(asked.isBefore(end) ? asked : end),
            request.getSubject(),
            request.getSubjectPublicKeyInfo());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, keyUsage(usages));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              usages.contains("server auth")
                  ? KeyPurposeId.id_kp_serverAuth
                  : KeyPurposeId.id_kp_clientAuth));
      List<GeneralName> names = alternativeNames(request);
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      StringWriter text = new StringWriter();
      try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
        writer.writeObject(builder.build(new JcaContentSignerBuilder(algorithm).build(key)));
      }
      return text.toString();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("the certificate cannot be signed", e);
    }
  }

  private static KeyUsage keyUsage(List<String> usages) {
    int bits = 0;
    if (usages.contains("digital signature")) {
      bits |= KeyUsage.digitalSignature;
    }
    if (usages.contains("key encipherment")) {
      bits |= KeyUsage.keyEncipherment;
    }
    return new KeyUsage(bits);
  }

  static void requireAuthority(X509Certificate certificate) throws GeneralSecurityException {
    if (certificate.getBasicConstraints() < 0) {
      throw new GeneralSecurityException("the certificate is none of an authority");
    }
  }
}
