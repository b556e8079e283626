package dev.cocolab.steps.persona;

import dev.cocolab.protocol.SealedSecret;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;

/** OpSec's key pair that signs pointers: P-256, as JWK (RFC 7517) the way the guide writes it. */
public final class SealingKey {
  private static final int COORDINATE = 32;

  private final KeyPair pair;

  private SealingKey(KeyPair pair) {
    this.pair = pair;
  }

  public static SealingKey generate(SecureRandom random) {
    Objects.requireNonNull(random, "random");
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return new SealingKey(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has P-256", e);
    }
  }

  /** The public half, UTF-8. */
  public byte[] publicJwk() {
    var point = ((ECPublicKey) pair.getPublic()).getW();
    return ("{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"use\":\"sig\","
            + "\"kid\":\"sealed-signing\",\"x\":\"%s\",\"y\":\"%s\"}")
        .formatted(coordinate(point.getAffineX()), coordinate(point.getAffineY()))
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * A signed pointer.
   *
   * @param signer path of the public JWK in Trustee, {@code default/<secret>/<key>}
   * @param target path of what the pointer stands for
   */
  public String seal(String signer, String target) {
    return SealedSecret.seal(
        (ECPrivateKey) pair.getPrivate(), "kbs:///" + signer, "kbs:///" + target);
  }

  private static String coordinate(BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[COORDINATE];
    byte[] value =
        bytes.length > COORDINATE
            ? Arrays.copyOfRange(bytes, bytes.length - COORDINATE, bytes.length)
            : bytes;
    System.arraycopy(value, 0, padded, COORDINATE - value.length, value.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(padded);
  }
}
