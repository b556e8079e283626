package dev.cocolab.protocol;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import tools.jackson.databind.JsonNode;

/**
 * The key pair of a guest, EC P-256 where nobody asks for another: its public half goes into the
 * evidence, its private half opens what the broker sends back.
 */
public final class TeeKeyPair {
  private final PrivateKey privateKey;
  private final TeePublicKey publicKey;

  TeeKeyPair(PrivateKey privateKey, TeePublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** A new key pair. */
  public static TeeKeyPair generate(SecureRandom random) {
    KeyPair pair = generate(EcCurve.P_256, random);
    return of((ECPrivateKey) pair.getPrivate(), (ECPublicKey) pair.getPublic());
  }

  static TeeKeyPair of(ECPrivateKey privateKey, ECPublicKey publicKey) {
    return new TeeKeyPair(
        privateKey,
        new TeePublicKey.Ec(
            EcCurve.P_256.jwkName(),
            TeePublicKey.ECDH_ES_A256KW,
            EcCurve.P_256.encode(publicKey.getW().getAffineX()),
            EcCurve.P_256.encode(publicKey.getW().getAffineY())));
  }

  static KeyPair generate(EcCurve curve, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(curve.generation(), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(curve.jwkName() + " is part of every JDK", e);
    }
  }

  /** The public half as it goes into runtime data. */
  public TeePublicKey publicKey() {
    return publicKey;
  }

  /**
   * Opens an answer of the broker.
   *
   * @return the resource's bytes
   * @throws ProtocolException UNSUPPORTED_KEY for another algorithm, BAD_KEY for a bad ephemeral
   *     key, UNDECRYPTABLE when it was not made for this key or was changed
   */
  public byte[] open(Jwe answer) {
    return answer.open(privateKey);
  }

  /** Reads and opens an answer; the errors of {@link Jwe#parse} and {@link #open(Jwe)}. */
  public byte[] open(JsonNode answer) {
    return open(Jwe.parse(answer));
  }

  /** The private key as PKCS#8 PEM, the form in which the attestation agent hands it over. */
  public String toPem() {
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(privateKey.getEncoded());
    return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
  }

  /**
   * Reads the key file of a client: RSA as PKCS#1 or PKCS#8, EC on P-256 or P-521 as PKCS#8.
   *
   * @throws ProtocolException BAD_KEY, UNSUPPORTED_KEY for other kinds of key
   */
  public static TeeKeyPair fromPem(String pem) {
    return PrivateKeyPem.read(pem);
  }

  /**
   * Reads a P-256 private key from PKCS#8 PEM whose public half is known.
   *
   * @throws ProtocolException BAD_KEY
   */
  public static TeeKeyPair fromPem(String pem, TeePublicKey.Ec publicKey) {
    String body =
        pem.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "");
    try {
      byte[] der = Base64.getMimeDecoder().decode(body.strip().getBytes(StandardCharsets.US_ASCII));
      ECPrivateKey key =
          (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
      BigInteger order = EcCurve.P_256.parameters().getOrder();
      if (!key.getParams().getOrder().equals(order)) {
        throw new ProtocolException(Reason.BAD_KEY, "not a P-256 key");
      }
      return new TeeKeyPair(key, publicKey);
    } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
      throw new ProtocolException(Reason.BAD_KEY, "not a PKCS#8 EC key in PEM", e);
    }
  }

  /** Shows the public half only. */
  @Override
  public String toString() {
    return "TeeKeyPair[" + publicKey.toJson() + "]";
  }
}
