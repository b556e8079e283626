package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.snp.TcbVersion;
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
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509ExtensionUtils;
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
  private static final int FIRST_GENERALIZED_YEAR = 2050;
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT);

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
    X509v3CertificateBuilder builder =
        authority(
            name("ARK-" + generation.productName()),
            name("SEV-" + generation.productName()),
            BigInteger.valueOf(0x10001),
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

  /** A builder of a VCEK certificate valid for seven years, without extensions. */
  X509v3CertificateBuilder vcekWithoutExtensions(PublicKey subject, Instant now) {
    Instant from = now.minusSeconds(CLOCK_SKEW_SECONDS);
    return new X509v3CertificateBuilder(
        name("SEV-" + generation.productName()),
        BigInteger.ZERO,
        time(from),
        time(from.atOffset(ZoneOffset.UTC).plusYears(VCEK_YEARS).toInstant()),
        name("SEV-VCEK"),
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
      add(builder, "1", new ASN1Integer(0));
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
      builder.addExtension(new ASN1ObjectIdentifier(ARC + "4"), false, hardwareId);
    } catch (CertIOException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
    return sign(builder, signer);
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
        issuer, serial, time(AUTHORITY_FROM), time(to), subject, info(key));
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

  /** UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
  private static Time time(Instant instant) {
    OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
    return utc.getYear() < FIRST_GENERALIZED_YEAR
        ? new Time(new DERUTCTime(UTC_TIME.format(utc)))
        : new Time(new DERGeneralizedTime(GENERALIZED_TIME.format(utc)));
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
