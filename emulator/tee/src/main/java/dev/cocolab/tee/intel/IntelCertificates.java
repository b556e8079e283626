package dev.cocolab.tee.intel;

import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.tee.keys.CertifiedKey;
import dev.cocolab.tee.keys.ValidityTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Writes certificates and revocation lists in the shape of Intel's (SGX PCK certificate and CRL
 * profile specification): ECDSA P-256 with SHA-256, same common names and extensions in the same
 * order; the organisation says that they are emulated.
 */
final class IntelCertificates {

  static final String ROOT = "Intel SGX Root CA";
  static final String PLATFORM_CA = "Intel SGX PCK Platform CA";
  static final String TCB_SIGNING = "Intel SGX TCB Signing";
  static final String PCK = "Intel SGX PCK Certificate";

  /** Where the root says its revocation list is. */
  static final String ROOT_CRL = "https://certificates.cocolab.invalid/IntelSGXRootCA.der";

  private static final String PCK_CRL =
      "https://api.cocolab.invalid/sgx/certification/v4/pckcrl?ca=platform&encoding=der";
  private static final Instant AUTHORITY_FROM = Instant.parse("2018-05-21T10:45:10Z");
  private static final Instant AUTHORITY_TO = Instant.parse("2049-12-31T23:59:59Z");
  private static final int PCK_YEARS = 7;
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final String SIGNATURE = "SHA256withECDSA";

  private final SecureRandom random;

  IntelCertificates(SecureRandom random) {
    this.random = random;
  }

  /** A P-256 key pair. */
  static KeyPair newKey(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no P-256 in this Java platform", e);
    }
  }

  X509Certificate root(KeyPair key) {
    return authority(ROOT, key.getPublic(), ROOT, key.getPublic(), 1, key.getPrivate());
  }

  X509Certificate platformAuthority(PublicKey subject, CertifiedKey root) {
    return authority(PLATFORM_CA, subject, ROOT, root.certificate().getPublicKey(), 0, root.key());
  }

  private X509Certificate authority(
      String name, PublicKey subject, String issuer, PublicKey by, int pathLength, PrivateKey key) {
    return leafOrAuthority(
        new Certificate(name, subject, issuer, by, AUTHORITY_FROM, AUTHORITY_TO),
        ROOT_CRL,
        new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign),
        new BasicConstraints(pathLength),
        Optional.empty(),
        key);
  }

  X509Certificate tcbSigning(PublicKey subject, CertifiedKey root) {
    PublicKey by = root.certificate().getPublicKey();
    return leafOrAuthority(
        new Certificate(TCB_SIGNING, subject, ROOT, by, AUTHORITY_FROM, AUTHORITY_TO),
        ROOT_CRL,
        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.nonRepudiation),
        new BasicConstraints(false),
        Optional.empty(),
        root.key());
  }

  /**
   * The certificate of a platform, valid for seven years.
   *
   * @param extension DER of the SGX extension's value
   */
  X509Certificate pck(PublicKey subject, byte[] extension, Instant now, CertifiedKey issuer) {
    Instant from = now.minus(CLOCK_SKEW);
    Instant to = from.atOffset(ZoneOffset.UTC).plusYears(PCK_YEARS).toInstant();
    PublicKey by = issuer.certificate().getPublicKey();
    return leafOrAuthority(
        new Certificate(PCK, subject, PLATFORM_CA, by, from, to),
        PCK_CRL,
        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.nonRepudiation),
        new BasicConstraints(false),
        Optional.of(extension),
        issuer.key());
  }

  private record Certificate(
      String name, PublicKey subject, String issuer, PublicKey by, Instant from, Instant to) {}

  private X509Certificate leafOrAuthority(
      Certificate content,
      String revocationList,
      KeyUsage usage,
      BasicConstraints constraints,
      Optional<byte[]> sgx,
      PrivateKey signer) {
    X509ExtensionUtils keyIds = new BcX509ExtensionUtils();
    SubjectPublicKeyInfo info = info(content.subject());
    SubjectKeyIdentifier id = keyIds.createSubjectKeyIdentifier(info);
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              name(content.issuer()),
              new BigInteger(1, id.getKeyIdentifier()), // the number of Intel's authorities, too
              ValidityTime.of(content.from()),
              ValidityTime.of(content.to()),
              name(content.name()),
              info);
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          keyIds.createAuthorityKeyIdentifier(info(content.by())));
      builder.addExtension(Extension.cRLDistributionPoints, false, at(revocationList));
      builder.addExtension(Extension.subjectKeyIdentifier, false, id);
      builder.addExtension(Extension.keyUsage, true, usage);
      builder.addExtension(Extension.basicConstraints, true, constraints);
      if (sgx.isPresent()) {
        builder.addExtension(new ASN1ObjectIdentifier("1.2.840.113741.1.13.1"), false, sgx.get());
      }
      return read(builder.build(signer(signer)).getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
  }

  /**
   * A revocation list.
   *
   * @param issuerName common name of the authority
   * @param revoked serial numbers
   * @return DER
   */
  byte[] revocations(
      String issuerName,
      CertifiedKey issuer,
      Collection<BigInteger> revoked,
      Instant from,
      Instant to) {
    X509v2CRLBuilder builder = new X509v2CRLBuilder(name(issuerName), ValidityTime.of(from));
    builder.setNextUpdate(ValidityTime.of(to));
    for (BigInteger serial : revoked) {
      builder.addCRLEntry(serial, Date.from(from), CRLReason.keyCompromise);
    }
    try {
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new BcX509ExtensionUtils()
              .createAuthorityKeyIdentifier(info(issuer.certificate().getPublicKey())));
      return builder.build(signer(issuer.key())).getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("revocation list cannot be encoded", e);
    }
  }

  private ContentSigner signer(PrivateKey key) {
    try {
      return new JcaContentSignerBuilder(SIGNATURE).setSecureRandom(random).build(key);
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("no ECDSA in this Java platform", e);
    }
  }

  /** The attributes of Intel's names in their order; the common name is the only one read. */
  private static X500Name name(String commonName) {
    return new X500NameBuilder()
        .addRDN(BCStyle.CN, commonName)
        .addRDN(BCStyle.O, AmdRoots.EMULATED_ORGANISATION)
        .addRDN(BCStyle.L, "Emulator")
        .addRDN(BCStyle.ST, "XX")
        .addRDN(BCStyle.C, "XX")
        .build();
  }

  private static CRLDistPoint at(String address) {
    GeneralNames names =
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, address));
    DistributionPointName point = new DistributionPointName(names);
    return new CRLDistPoint(new DistributionPoint[] {new DistributionPoint(point, null, null)});
  }

  private static SubjectPublicKeyInfo info(PublicKey key) {
    return SubjectPublicKeyInfo.getInstance(key.getEncoded());
  }

  private static X509Certificate read(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("certificate cannot be read back", e);
    }
  }
}
