package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.snp.TcbVersion;
import dev.cocolab.tee.keys.ValidityTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;

/**
 * Writes certificates in the shape of AMD's (Versioned Chip Endorsement Key certificate and KDS
 * interface specification): same common names, extensions, their order, and signature algorithm;
 * the organisation says that they are emulated.
 */
final class CertificateIssuer {

  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final int RESERVED_FROM = 4;
  private static final int RESERVED_TO = 7;
  private static final Instant AUTHORITY_FROM = Instant.parse("2020-10-22T17:23:05Z");
  private static final int AUTHORITY_YEARS = 25;
  private static final int VCEK_YEARS = 7;
  private static final long CLOCK_SKEW_SECONDS = 3600;

  private final AmdGeneration generation;
  private final SecureRandom random;

  CertificateIssuer(AmdGeneration generation, SecureRandom random) {
    this.generation = generation;
    this.random = random;
  }

  X509Certificate ark(PublicKey subject, PrivateKey signer) {
    X500Name name = name("ARK-" + generation.productName());
    X509v3CertificateBuilder builder = authority(name, name, BigInteger.valueOf(0x10000), subject);
    try {
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          keyIds().createSubjectKeyIdentifier(info(subject)));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(Extension.cRLDistributionPoints, false, revocationList());
    } catch (CertIOException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
    return read(sign(builder, signer));
  }

  X509Certificate ask(PublicKey subject, X509Certificate ark, PrivateKey signer) {
    return intermediate("SEV-", BigInteger.valueOf(0x10001), subject, ark, signer);
  }

  X509Certificate asvk(PublicKey subject, X509Certificate ark, PrivateKey signer) {
    return intermediate("SEV-VLEK-", BigInteger.valueOf(0x10002), subject, ark, signer);
  }

  private X509Certificate intermediate(
      String prefix, BigInteger serial, PublicKey subject, X509Certificate ark, PrivateKey signer) {
    X509v3CertificateBuilder builder =
        authority(
            name("ARK-" + generation.productName()),
            name(prefix + generation.productName()),
            serial,
            subject);
    try {
      X509ExtensionUtils keyIds = keyIds();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, keyIds.createSubjectKeyIdentifier(info(subject)));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          keyIds.createAuthorityKeyIdentifier(info(ark.getPublicKey())));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      builder.addExtension(Extension.cRLDistributionPoints, false, revocationList());
    } catch (CertIOException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
    return read(sign(builder, signer));
  }

  /**
   * DER of the list of what the root has revoked, which is nothing.
   *
   * @param now start of its validity, which lasts a year
   */
  byte[] revocations(X509Certificate ark, PrivateKey signer, Instant now) {
    OffsetDateTime from = now.atOffset(ZoneOffset.UTC);
    X509v2CRLBuilder builder =
        new X509v2CRLBuilder(name("ARK-" + generation.productName()), ValidityTime.of(now));
    builder.setNextUpdate(ValidityTime.of(from.plusYears(1).toInstant()));
    try {
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          keyIds().createAuthorityKeyIdentifier(info(ark.getPublicKey())));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(4)));
      return builder.build(new PssContentSigner(signer, random)).getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("revocation list cannot be encoded", e);
    }
  }

  /** A builder of a VCEK certificate valid for seven years, without extensions. */
  X509v3CertificateBuilder vcekWithoutExtensions(PublicKey subject, Instant now) {
    return endorsement("SEV-", "SEV-VCEK", subject, now, VCEK_YEARS);
  }

  private X509v3CertificateBuilder endorsement(
      String issuer, String commonName, PublicKey subject, Instant now, int years) {
    Instant from = now.minusSeconds(CLOCK_SKEW_SECONDS);
    return new X509v3CertificateBuilder(
        name(issuer + generation.productName()),
        BigInteger.ZERO,
        ValidityTime.of(from),
        ValidityTime.of(from.atOffset(ZoneOffset.UTC).plusYears(years).toInstant()),
        name(commonName),
        info(subject));
  }

  /** DER of a VCEK certificate. */
  byte[] vcek(
      PublicKey subject,
      String product,
      TcbVersion tcb,
      byte[] hardwareId,
      Instant now,
      PrivateKey signer) {
    X509v3CertificateBuilder builder = vcekWithoutExtensions(subject, now);
    try {
      addLevels(builder, product, tcb);
      builder.addExtension(new ASN1ObjectIdentifier(ARC + "4"), false, hardwareId);
    } catch (CertIOException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
    return sign(builder, signer);
  }

  /** DER of a VLEK certificate, valid for a year; it names the provider instead of a chip. */
  byte[] vlek(
      PublicKey subject,
      String product,
      TcbVersion tcb,
      String provider,
      Instant now,
      PrivateKey signer) {
    X509v3CertificateBuilder builder = endorsement("SEV-VLEK-", "SEV-VLEK", subject, now, 1);
    try {
      addLevels(builder, product, tcb);
      add(builder, "5", new DERIA5String(provider));
    } catch (CertIOException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
    return sign(builder, signer);
  }

  private static void addLevels(X509v3CertificateBuilder builder, String product, TcbVersion tcb)
      throws CertIOException {
    add(builder, "1", new ASN1Integer(tcb.fmc().isPresent() ? 1 : 0));
    add(builder, "2", new DERIA5String(product));
    add(builder, "3.1", new ASN1Integer(tcb.bootloader()));
    add(builder, "3.2", new ASN1Integer(tcb.tee()));
    for (int reserved = RESERVED_FROM; reserved <= RESERVED_TO; reserved++) {
      add(builder, "3." + reserved, new ASN1Integer(0));
    }
    add(builder, "3.3", new ASN1Integer(tcb.snp()));
    add(builder, "3.8", new ASN1Integer(tcb.microcode()));
    if (tcb.fmc().isPresent()) {
      add(builder, "3.9", new ASN1Integer(tcb.fmc().getAsInt()));
    }
  }

  byte[] sign(X509v3CertificateBuilder builder, PrivateKey signer) {
    try {
      return builder.build(new PssContentSigner(signer, random)).getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
  }

  private X509v3CertificateBuilder authority(
      X500Name issuer, X500Name subject, BigInteger serial, PublicKey key) {
    Instant to = AUTHORITY_FROM.atOffset(ZoneOffset.UTC).plusYears(AUTHORITY_YEARS).toInstant();
    return new X509v3CertificateBuilder(
        issuer, serial, ValidityTime.of(AUTHORITY_FROM), ValidityTime.of(to), subject, info(key));
  }

  /**
   * The attributes of AMD's names in their order; the common name is the only one that any verifier
   * reads.
   */
  private static X500Name name(String commonName) {
    return new X500NameBuilder()
        .addRDN(BCStyle.OU, "Engineering")
        .addRDN(BCStyle.C, "XX")
        .addRDN(BCStyle.L, "Emulator")
        .addRDN(BCStyle.ST, "XX")
        .addRDN(BCStyle.O, AmdRoots.EMULATED_ORGANISATION)
        .addRDN(BCStyle.CN, commonName)
        .build();
  }

  private CRLDistPoint revocationList() {
    String address = "https://kds.cocolab.invalid/vcek/v1/" + generation.productName() + "/crl";
    GeneralNames names =
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, address));
    DistributionPointName point = new DistributionPointName(names);
    return new CRLDistPoint(new DistributionPoint[] {new DistributionPoint(point, null, null)});
  }

  private static void add(X509v3CertificateBuilder builder, String oid, ASN1Encodable value)
      throws CertIOException {
    builder.addExtension(new ASN1ObjectIdentifier(ARC + oid), false, value);
  }

  private static X509ExtensionUtils keyIds() {
    return new BcX509ExtensionUtils();
  }

  private static SubjectPublicKeyInfo info(PublicKey key) {
    return SubjectPublicKeyInfo.getInstance(key.getEncoded());
  }

  static X509Certificate read(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("certificate cannot be read back", e);
    }
  }
}
