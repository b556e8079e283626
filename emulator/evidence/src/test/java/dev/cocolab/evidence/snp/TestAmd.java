package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/** An authority for endorsement keys with small keys, for one generation. */
final class TestAmd {

  static final Instant FROM = Instant.parse("2025-01-01T00:00:00Z");
  static final Instant UNTIL = Instant.parse("2026-01-01T00:00:00Z");

  private static final Map<AmdGeneration, TestAmd> TRUSTED = new ConcurrentHashMap<>();

  /** Real ones have 4096, which take seconds to make. */
  private static final int RSA_BITS = 1024;

  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);

  /** A key with its certificate. */
  record Issued(KeyPair key, X509Certificate certificate) {
    byte[] der() {
      try {
        return certificate.getEncoded();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** What an endorsement key is issued for. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Endorsement(
      String name, byte[] chip, TcbVersion tcb, long serial, Instant from, Instant until) {}

  final AmdGeneration generation;
  final Issued ark;
  final Issued ask;
  final Issued asvk;

  private TestAmd(AmdGeneration generation) {
    this.generation = generation;
    String product = generation.productName();
    this.ark = authority("ARK-" + product, null, 1);
    this.ask = authority("SEV-" + product, ark, 2);
    this.asvk = authority("SEV-VLEK-" + product, ark, 3);
  }

  /** The one authority of a generation that tests trust. */
  static TestAmd of(AmdGeneration generation) {
    return TRUSTED.computeIfAbsent(generation, TestAmd::new);
  }

  /** Another one of the same names. */
  static TestAmd another(AmdGeneration generation) {
    return new TestAmd(generation);
  }

  AmdRoots roots() {
    return AmdRoots.of(
        Map.of(
            generation,
            new AmdRoots.Chain(
                ark.certificate(), ask.certificate(), Optional.of(asvk.certificate()))));
  }

  private static Issued authority(String name, Issued issuer, long serial) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(RSA_BITS);
      KeyPair key = generator.generateKeyPair();
      X500Name subject = new X500Name("CN=" + name);
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer == null ? subject : subject(issuer),
              BigInteger.valueOf(serial),
              Date.from(FROM),
              Date.from(UNTIL),
              subject,
              key.getPublic());
      return new Issued(
          key,
          new JcaX509CertificateConverter()
              .getCertificate(builder.build(signer(issuer == null ? key : issuer.key()))));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static X500Name subject(Issued issuer) {
    return X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
  }

  /** RSASSA-PSS as AMD uses it; BouncyCastle asks the JDK for a name that it does not have. */
  private static ContentSigner signer(KeyPair key) throws Exception {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
    parameters.init(PSS);
    AlgorithmIdentifier algorithm =
        new AlgorithmIdentifier(
            PKCSObjectIdentifiers.id_RSASSA_PSS,
            ASN1Primitive.fromByteArray(parameters.getEncoded()));
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    return new ContentSigner() {
      @Override
      public AlgorithmIdentifier getAlgorithmIdentifier() {
        return algorithm;
      }

      @Override
      public OutputStream getOutputStream() {
        return content;
      }

      @Override
      public byte[] getSignature() {
        try {
          Signature signature = Signature.getInstance("RSASSA-PSS");
          signature.setParameter(PSS);
          signature.initSign(key.getPrivate());
          signature.update(content.toByteArray());
          return signature.sign();
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  /** What the chip of {@link #report} has. */
  Endorsement chip() {
    byte[] chip = new byte[64];
    Arrays.fill(chip, 0, generation == AmdGeneration.TURIN ? 8 : 64, (byte) 0xc1);
    OptionalInt fmc = generation == AmdGeneration.TURIN ? OptionalInt.of(1) : OptionalInt.empty();
    return new Endorsement("SEV-VCEK", chip, new TcbVersion(fmc, 3, 0, 8, 0xdb), 0, FROM, UNTIL);
  }

  /** The certificate of a key for this endorsement; its issuer decides what it is good for. */
  static Issued endorse(Issued issuer, Endorsement of) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp384r1"));
      KeyPair key = generator.generateKeyPair();
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              subject(issuer),
              BigInteger.valueOf(of.serial()),
              Date.from(of.from()),
              Date.from(of.until()),
              new X500Name("CN=" + of.name()),
              key.getPublic());
      add(builder, "3.1", of.tcb().bootloader());
      add(builder, "3.2", of.tcb().tee());
      add(builder, "3.3", of.tcb().snp());
      add(builder, "3.8", of.tcb().microcode());
      if (of.tcb().fmc().isPresent()) {
        add(builder, "3.9", of.tcb().fmc().getAsInt());
      }
      if (of.chip().length > 0) {
        byte[] id = of.tcb().fmc().isPresent() ? Arrays.copyOf(of.chip(), 8) : of.chip();
        builder.addExtension(new ASN1ObjectIdentifier(ARC + "4"), false, id);
      }
      return new Issued(
          key,
          new JcaX509CertificateConverter().getCertificate(builder.build(signer(issuer.key()))));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(JcaX509v3CertificateBuilder builder, String arc, int level)
      throws Exception {
    builder.addExtension(new ASN1ObjectIdentifier(ARC + arc), false, new ASN1Integer(level));
  }

  /** A report of the chip, of a version, with changes, signed by the key. */
  SnpReport report(int version, Issued key, UnaryOperator<SnpReportBuilder> change) {
    int family = generation == AmdGeneration.TURIN ? 0x1a : 0x19;
    int model = generation == AmdGeneration.GENOA ? 0x11 : 1;
    Endorsement chip = chip();
    SnpReportBuilder builder =
        SnpReport.builder()
            .version(version)
            .cpuid(family, model, 1)
            .policy(new GuestPolicy(0x30000))
            .signatureAlgorithm(1)
            .chipId(chip.chip())
            .currentTcb(chip.tcb())
            .reportedTcb(chip.tcb())
            .committedTcb(chip.tcb())
            .launchTcb(chip.tcb());
    if (version >= 5) {
      builder.mitigations(3, 7);
    }
    try {
      SnpReport unsigned = change.apply(builder).build();
      Signature signature = Signature.getInstance("SHA384withECDSA");
      signature.initSign(key.key().getPrivate());
      signature.update(unsigned.signedBytes());
      ASN1Sequence parts = ASN1Sequence.getInstance(signature.sign());
      return unsigned.toBuilder().signature(number(parts, 0), number(parts, 1)).build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BigInteger number(ASN1Sequence parts, int index) {
    return ASN1Integer.getInstance(parts.getObjectAt(index)).getValue();
  }

  /** A list of revoked serial numbers. */
  static X509CRL revoked(Issued issuer, Instant from, Instant until, long... serials) {
    try {
      X509v2CRLBuilder builder = new X509v2CRLBuilder(subject(issuer), Date.from(from));
      builder.setNextUpdate(Date.from(until));
      for (long serial : serials) {
        builder.addCRLEntry(BigInteger.valueOf(serial), Date.from(FROM), 1);
      }
      return (X509CRL)
          CertificateFactory.getInstance("X.509")
              .generateCRL(
                  new ByteArrayInputStream(builder.build(signer(issuer.key())).getEncoded()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
