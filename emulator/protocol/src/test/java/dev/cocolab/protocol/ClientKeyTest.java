package dev.cocolab.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Key files of clients, and answers of Trustee to their owners. */
class ClientKeyTest {

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ClientKeyTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static TeeKeyPair key(String name) throws IOException {
    return TeeKeyPair.fromPem(new String(resource("client-key-" + name + ".pem"), UTF_8));
  }

  /** Answers of Trustee's KBS (main branch, August 2026) to keys that were made for this. */
  @ParameterizedTest
  @ValueSource(strings = {"rsa", "p521"})
  void answersOfTrusteeAreOpened(String kind) throws IOException {
    Jwe answer = Jwe.parse(resource("trustee-answer-" + kind + ".json"));
    assertThat(new String(key(kind).open(answer), UTF_8)).isEqualTo("hello secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa", "p521"})
  void whatIsSealedForAKeyIsOpenedByItAndByNoOther(String kind) throws IOException {
    TeeKeyPair key = key(kind);
    Jwe answer = Jwe.seal(key.publicKey(), "text".getBytes(UTF_8), new SecureRandom());
    assertThat(key.open(answer)).asString(UTF_8).isEqualTo("text");
    Jwe second = Jwe.seal(key.publicKey(), "text".getBytes(UTF_8), new SecureRandom());
    Jwe changed =
        new Jwe(
            answer.protectedHeader(),
            answer.encryptedKey(),
            second.iv(),
            answer.ciphertext(),
            answer.tag());
    assertThat(refusal(() -> key.open(changed))).isEqualTo(Reason.UNDECRYPTABLE);
    TeeKeyPair other = key(kind.equals("rsa") ? "p521" : "rsa");
    assertThat(refusal(() -> other.open(answer))).isIn(Reason.MALFORMED, Reason.UNSUPPORTED_KEY);
  }

  @Test
  void thePublicHalfIsThatOfTheJdk() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    for (EcCurve curve : EcCurve.values()) {
      generator.initialize(curve.generation());
      KeyPair pair = generator.generateKeyPair();
      var point = ((ECPublicKey) pair.getPublic()).getW();
      assertThat(TeeKeyPair.fromPem(pem("PRIVATE KEY", pair)).publicKey())
          .isEqualTo(
              new TeePublicKey.Ec(
                  curve.jwkName(),
                  TeePublicKey.ECDH_ES_A256KW,
                  curve.encode(point.getAffineX()),
                  curve.encode(point.getAffineY())));
    }
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    KeyPair pair = rsa.generateKeyPair();
    TeePublicKey.Rsa read =
        (TeePublicKey.Rsa) TeeKeyPair.fromPem(pem("PRIVATE KEY", pair)).publicKey();
    assertThat(new BigInteger(1, Base64.getUrlDecoder().decode(read.modulus())))
        .isEqualTo(((RSAPublicKey) pair.getPublic()).getModulus());
    assertThat(read.exponent()).isEqualTo("AQAB");
  }

  private static String pem(String label, KeyPair pair) {
    return "-----BEGIN %s-----\n%s\n-----END %1$s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded()));
  }

  @Test
  void otherKeysAreRefusedByReason() throws GeneralSecurityException {
    assertThat(refusal(() -> TeeKeyPair.fromPem(""))).isEqualTo(Reason.BAD_KEY);
    assertThat(refusal(() -> TeeKeyPair.fromPem("-----BEGIN EC PRIVATE KEY-----\nAA==\n")))
        .isEqualTo(Reason.BAD_KEY);
    assertThat(
            refusal(
                () ->
                    TeeKeyPair.fromPem(
                        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n")))
        .isEqualTo(Reason.UNSUPPORTED_KEY);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    String other = pem("PRIVATE KEY", generator.generateKeyPair());
    assertThat(refusal(() -> TeeKeyPair.fromPem(other))).isEqualTo(Reason.UNSUPPORTED_KEY);
    String edwards = pem("PRIVATE KEY", KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    assertThat(refusal(() -> TeeKeyPair.fromPem(edwards))).isEqualTo(Reason.UNSUPPORTED_KEY);
  }

  private static Reason refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(ProtocolException.class, call).reason();
  }
}
