package dev.cocolab.evidence.nvidia;

import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.evidence.Vectors;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A device with keys of its own, for what cannot be made of a captured report. */
final class TestGpu {

  static final byte[] NONCE =
      "a nonce of thirty-two bytes here".getBytes(StandardCharsets.US_ASCII);
  static final byte[] FWID = new byte[48];

  static {
    Arrays.fill(FWID, (byte) 0x5a);
  }

  /** Before {@link Vectors#CLOCK}, by less than the certificates are valid. */
  private static final Instant FROM = Instant.parse("2025-05-31T23:00:00Z");

  record Issued(KeyPair key, X509Certificate certificate) {}

  static final Issued ROOT = issue("Root", null, true, null, FROM, Optional.empty());
  static final Issued INTERMEDIATE =
      issue("Intermediate", ROOT, true, null, FROM, Optional.empty());
  static final Issued LEAF = leaf(INTERMEDIATE, FROM);

  private TestGpu() {}

  static Issued leaf(Issued issuer, Instant from) {
    return issue("Leaf", issuer, false, null, from, Optional.of(FWID));
  }

  static Issued issue(
      String name,
      Issued issuer,
      boolean authority,
      KeyPair given,
      Instant from,
      Optional<byte[]> firmwareId) {
    try {
      KeyPair key = given == null ? key("secp384r1") : given;
      X500Name subject = new X500Name("CN=" + name);
      X500Name by =
          issuer == null
              ? subject
              : new X500Name(issuer.certificate().getSubjectX500Principal().getName());
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              by,
              BigInteger.valueOf(name.hashCode()).abs(),
              Date.from(from),
              Date.from(from.plusSeconds(10_000)),
              subject,
              key.getPublic());
      if (authority) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      }
      if (firmwareId.isPresent()) {
        byte[] value = new byte[60];
        byte[] id = firmwareId.get();
        byte[] whole = id.length == 48 ? ByteBuffer.wrap(value).put(12, id).array() : id;
        builder.addExtension(new ASN1ObjectIdentifier("2.23.133.5.4.1"), false, whole);
      }
      KeyPair signing = issuer == null ? key : issuer.key();
      return new Issued(
          key,
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder("SHA384withECDSA").build(signing.getPrivate()))));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair key(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  static String pem(Issued... chain) {
    StringBuilder pem = new StringBuilder();
    for (Issued one : chain) {
      try {
        pem.append("-----BEGIN CERTIFICATE-----\n")
            .append(
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(one.certificate().getEncoded()))
            .append("\n-----END CERTIFICATE-----\n");
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    return pem.toString();
  }

  /** Type, value. */
  static byte[] field(int type, byte[] value) {
    return ByteBuffer.allocate(4 + value.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) type)
        .putShort((short) value.length)
        .put(value)
        .array();
  }

  static byte[] field(int type, String value) {
    return field(type, value.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  /** The least a report has: the versions and the digest of the firmware. */
  static byte[] opaque() {
    return joined(
        field(3, "550.90.07\0"),
        field(6, new byte[] {0, (byte) 0x9f, 0, (byte) 0x96, 1, 0, 0, 0}),
        field(20, FWID));
  }

  static byte[] block(int index, byte[] value) {
    return ByteBuffer.allocate(7 + value.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) index)
        .put((byte) 1)
        .putShort((short) (3 + value.length))
        .put((byte) 1)
        .putShort((short) value.length)
        .put(value)
        .array();
  }

  /** Request and answer, without a signature. */
  static byte[] message(byte[] opaque, byte[]... blocks) {
    byte[] record = joined(blocks);
    ByteBuffer head = ByteBuffer.allocate(45).order(ByteOrder.LITTLE_ENDIAN);
    head.put(new byte[] {0x11, (byte) 0xe0, 1, -1}).put(NONCE).put((byte) 0);
    head.put(new byte[] {0x11, 0x60, 0, 0, (byte) blocks.length});
    head.put((byte) record.length).put((byte) (record.length >> 8)).put((byte) 0);
    byte[] size = {(byte) opaque.length, (byte) (opaque.length >> 8)};
    return joined(head.array(), record, new byte[32], size, opaque);
  }

  static byte[] signed(byte[] message, Issued by) {
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(by.key().getPrivate());
      signature.update(message);
      return joined(message, signature.sign());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] report() {
    return signed(message(opaque(), block(1, new byte[48])), LEAF);
  }

  static ObjectNode evidence(byte[] report, String chain) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence
        .putArray("device_evidence_list")
        .addObject()
        .put("arch", "HOPPER")
        .put("evidence", Base64.getEncoder().encodeToString(report))
        .put(
            "certificate",
            Base64.getEncoder().encodeToString(chain.getBytes(StandardCharsets.US_ASCII)));
    return evidence;
  }

  static ObjectNode evidence() {
    return evidence(report(), pem(LEAF, INTERMEDIATE, ROOT));
  }

  static List<TeeClaims> verify(ObjectNode evidence) {
    return verify(evidence, Stance.strict());
  }

  static List<TeeClaims> verify(ObjectNode evidence, Stance stance) {
    return new NvidiaVerifier(List.of(ROOT.certificate()), Vectors.CLOCK, stance)
        .verify(evidence, ExpectedBinding.ofReportData(NONCE));
  }
}
