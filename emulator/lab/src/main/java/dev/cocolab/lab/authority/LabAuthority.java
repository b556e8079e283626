package dev.cocolab.lab.authority;

import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Signs what a lab's servers and clients show each other: ECDSA P-256, SHA-256 (RFC 5280). Made
 * once per home folder and kept there in one file of mode 0600; pod images of this machine trust
 * it. It has nothing to do with the roots of the emulated hardware.
 */
public final class LabAuthority {
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration LEAF_LIFE = Duration.ofDays(365);

  /** Clocks of two programs on one machine may differ by less than this. */
  private static final Duration BACKDATED = Duration.ofMinutes(15);

  private static final String NAME = "CoCoLab lab authority, emulated, not for production";

  private final X509Certificate certificate;
  private final PrivateKey key;
  private final SecureRandom random;
  private final Clock clock;
  private final LeafCache leaves = new LeafCache();

  private LabAuthority(PemText.Pair pair, SecureRandom random, Clock clock) {
    this.certificate = pair.certificate();
    this.key = pair.key();
    this.random = random;
    this.clock = clock;
  }

  /**
   * Opens the authority of a folder, making it on first use. Of several processes that do so at
   * once, one wins and all use its key.
   *
   * @param staging on the same file system, for files that are not complete yet
   * @throws LabException {@link Reason#HOME_UNUSABLE} when the folder cannot be written, or its
   *     authority cannot be read
   */
  public static LabAuthority open(
      Path directory, StagingArea staging, SecureRandom random, Clock clock) {
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(clock, "clock");
    Path file = directory.resolve("authority.pem");
    try {
      if (!Files.exists(file)) {
        make(directory, file, staging, random, clock);
      }
      return new LabAuthority(PemText.parse(Files.readString(file)), random, clock);
    } catch (IOException e) {
      throw new LabException(
          Reason.HOME_UNUSABLE,
          "cannot use the lab authority in %s (%s); remove the file, or set COCOLAB_HOME elsewhere"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** SHA-256 of the certificate, lower-case hex. */
  public String fingerprint() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate has an encoding, a JDK SHA-256", e);
    }
  }

  public String certificatePem() {
    return PemText.of(certificate);
  }

  /**
   * A certificate for a server. Who asks for the same one again within a day gets the same identity
   * with the same key, as long as it is among the last 64: all labs of a machine trust this
   * authority, so that each accepts it anyway.
   *
   * @param commonName subject CN
   * @param dnsNames subject alternative names of type DNS
   * @param addresses subject alternative names of type IP, in text form
   */
  public Identity server(String commonName, List<String> dnsNames, List<String> addresses) {
    List<GeneralName> names = new ArrayList<>();
    dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
    X500Name subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
    return leaf(subject, KeyPurposeId.id_kp_serverAuth, names);
  }

  /**
   * A client certificate as Kubernetes reads it: CN is the user, O the group. The same user gets
   * the same identity again for as long as {@link #server} says.
   */
  public Identity client(String user, String group) {
    X500Name subject =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, group)
            .addRDN(BCStyle.CN, user)
            .build();
    return leaf(subject, KeyPurposeId.id_kp_clientAuth, List.of());
  }

  /**
   * A self-signed P-256 server certificate, as cert-manager issues it for an Issuer of type
   * selfSigned: guests are told to trust this very certificate.
   */
  public static Identity selfSigned(
      String commonName,
      List<String> dnsNames,
      List<String> addresses,
      SecureRandom random,
      Clock clock) {
    X500Name subject =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, "RedHat")
            .addRDN(BCStyle.CN, commonName)
            .build();
    List<GeneralName> names = new ArrayList<>();
    dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
    try {
      KeyPair pair = P256.keyPair(random);
      JcaX509v3CertificateBuilder builder =
          builder(subject, subject, pair, clock.instant().plus(LEAF_LIFE), random, clock);
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
      return new Identity(
          PemText.of(sign(builder, pair.getPrivate())), PemText.of(pair.getPrivate()));
    } catch (CertIOException e) {
      throw new IllegalStateException("the certificate cannot be encoded", e);
    }
  }

  private Identity leaf(X500Name subject, KeyPurposeId purpose, List<GeneralName> names) {
    return leaves.get(
        new LeafCache.Request(subject.toString(), purpose.getId(), names.toString()),
        clock.instant(),
        () -> newLeaf(subject, purpose, names));
  }

  private Identity newLeaf(X500Name subject, KeyPurposeId purpose, List<GeneralName> names) {
    try {
      KeyPair pair = P256.keyPair(random);
      X500Name issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      Instant end = clock.instant().plus(LEAF_LIFE);
      Instant last = certificate.getNotAfter().toInstant();
      JcaX509v3CertificateBuilder builder =
          builder(issuer, subject, pair, end.isBefore(last) ? end : last, random, clock);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      return new Identity(PemText.of(sign(builder, key)), PemText.of(pair.getPrivate()));
    } catch (CertIOException e) {
      throw new IllegalStateException("the certificate cannot be encoded", e);
    }
  }

  private static void make(
      Path directory, Path file, StagingArea staging, SecureRandom random, Clock clock)
      throws IOException {
    Files.createDirectories(directory);
    X500Name name = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, NAME).build();
    KeyPair pair = P256.keyPair(random);
    JcaX509v3CertificateBuilder builder =
        builder(name, name, pair, clock.instant().plus(AUTHORITY_LIFE), random, clock);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    String text = PemText.of(sign(builder, pair.getPrivate())) + PemText.of(pair.getPrivate());
    OnceFile.write(file, text, staging);
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer,
      X500Name subject,
      KeyPair pair,
      Instant end,
      SecureRandom random,
      Clock clock) {
    Instant now = clock.instant();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, random).setBit(126),
        Date.from(now.minus(BACKDATED)),
        Date.from(end),
        subject,
        pair.getPublic());
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey signer) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("the certificate cannot be signed", e);
    }
  }
}
