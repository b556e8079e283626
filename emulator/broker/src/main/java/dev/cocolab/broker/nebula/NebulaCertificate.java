package dev.cocolab.broker.nebula;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * A certificate of version 1 on Curve25519: {@code RawNebulaCertificate} of Nebula's protobuf.
 *
 * @param name of the node or authority
 * @param ips of a node: its address; of an authority: where its nodes may be
 * @param subnets networks behind a node; of an authority: those that may be
 * @param groups of a node; of an authority: those that its nodes may have
 * @param notBefore whole seconds
 * @param notAfter whole seconds
 * @param publicKey 32 bytes: Ed25519 of an authority, X25519 of a node; not to be changed
 * @param authority whether it may sign others
 * @param issuer SHA-256 of the issuer's certificate; empty of an authority; not to be changed
 * @param signature Ed25519 over the details, 64 bytes; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // neither changed nor compared as a record
record NebulaCertificate(
    String name,
    List<Cidr> ips,
    List<Cidr> subnets,
    List<String> groups,
    Instant notBefore,
    Instant notAfter,
    byte[] publicKey,
    boolean authority,
    byte[] issuer,
    byte[] signature) {
  // Members of RawNebulaCertificate, and of its Details.
  private static final int DETAILS = 1;
  private static final int SIGNATURE = 2;
  private static final int NAME = 1;
  private static final int IPS = 2;
  private static final int SUBNETS = 3;
  private static final int GROUPS = 4;
  private static final int NOT_BEFORE = 5;
  private static final int NOT_AFTER = 6;
  private static final int PUBLIC_KEY = 7;
  private static final int IS_CA = 8;
  private static final int ISSUER = 9;
  private static final int CURVE = 100;

  private static final byte[] NONE = {};

  /** Copies the lists. */
  NebulaCertificate {
    ips = List.copyOf(ips);
    subnets = List.copyOf(subnets);
    groups = List.copyOf(groups);
  }

  /** The same with a signature of this key. */
  NebulaCertificate signed(Ed25519PrivateKeyParameters key) {
    byte[] details = details();
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(details, 0, details.length);
    return new NebulaCertificate(
        name,
        ips,
        subnets,
        groups,
        notBefore,
        notAfter,
        publicKey,
        authority,
        issuer,
        signer.generateSignature());
  }

  /** Whether the signature is one of this key, 32 bytes. */
  boolean isSignedBy(byte[] ed25519) {
    byte[] details = details();
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(ed25519, 0));
    verifier.update(details, 0, details.length);
    return verifier.verifySignature(signature);
  }

  private byte[] details() {
    return new Wire.Writer()
        .text(NAME, name)
        .packed(IPS, pairs(ips))
        .packed(SUBNETS, pairs(subnets))
        .texts(GROUPS, groups)
        .number(NOT_BEFORE, notBefore.getEpochSecond())
        .number(NOT_AFTER, notAfter.getEpochSecond())
        .bytes(PUBLIC_KEY, publicKey)
        .number(IS_CA, authority ? 1 : 0)
        .bytes(ISSUER, issuer)
        .toBytes();
  }

  /** Address and mask by turns. */
  private static List<Integer> pairs(List<Cidr> networks) {
    List<Integer> out = new ArrayList<>();
    networks.forEach(
        network -> {
          out.add(network.address());
          out.add(network.mask());
        });
    return out;
  }

  /** The message, which PEM carries and whose hash names the certificate. */
  byte[] encoded() {
    return new Wire.Writer().bytes(DETAILS, details()).bytes(SIGNATURE, signature).toBytes();
  }

  /** SHA-256 of the message, 32 bytes. */
  byte[] fingerprint() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(encoded());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /**
   * Reads a message.
   *
   * @throws BrokerException KEY when it is none, or one on another curve
   */
  static NebulaCertificate decode(byte[] message) {
    Wire.Reader reader = new Wire.Reader(message);
    byte[] details = NONE;
    byte[] signature = NONE;
    while (reader.hasMore()) {
      switch (reader.field()) {
        case DETAILS -> details = reader.bytes();
        case SIGNATURE -> signature = reader.bytes();
        default -> reader.skip();
      }
    }
    return ofDetails(new Wire.Reader(details), signature);
  }

  private static NebulaCertificate ofDetails(Wire.Reader reader, byte[] signature) {
    String name = "";
    List<Integer> ips = new ArrayList<>();
    List<Integer> subnets = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    long notBefore = 0;
    long notAfter = 0;
    byte[] publicKey = NONE;
    boolean authority = false;
    byte[] issuer = NONE;
    while (reader.hasMore()) {
      switch (reader.field()) {
        case NAME -> name = reader.text();
        case IPS -> reader.packed(ips);
        case SUBNETS -> reader.packed(subnets);
        case GROUPS -> groups.add(reader.text());
        case NOT_BEFORE -> notBefore = reader.number();
        case NOT_AFTER -> notAfter = reader.number();
        case PUBLIC_KEY -> publicKey = reader.bytes();
        case IS_CA -> authority = reader.number() != 0;
        case ISSUER -> issuer = reader.bytes();
        case CURVE -> requireCurve25519(reader.number());
        default -> reader.skip();
      }
    }
    if (publicKey.length != Ed25519PublicKeyParameters.KEY_SIZE) {
      throw new BrokerException(Reason.KEY, "a Nebula certificate without a key of 32 bytes");
    }
    return new NebulaCertificate(
        name,
        networks(ips),
        networks(subnets),
        groups,
        Instant.ofEpochSecond(notBefore),
        Instant.ofEpochSecond(notAfter),
        publicKey,
        authority,
        issuer,
        signature);
  }

  private static void requireCurve25519(long curve) {
    if (curve != 0) {
      throw new BrokerException(
          Reason.KEY, "a Nebula certificate on P-256; this broker makes those of 25519 only");
    }
  }

  private static List<Cidr> networks(List<Integer> pairs) {
    if (pairs.size() % 2 != 0) {
      throw new BrokerException(Reason.KEY, "a Nebula certificate with an address without mask");
    }
    List<Cidr> out = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i += 2) {
      out.add(Cidr.of(pairs.get(i), pairs.get(i + 1)));
    }
    return out;
  }
}
