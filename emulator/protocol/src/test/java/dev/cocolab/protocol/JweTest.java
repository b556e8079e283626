package dev.cocolab.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWEObjectJSON;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.cocolab.protocol.ProtocolException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JweTest {
  /** Computed independently of this code; the key pair is that of {@link Vectors}. */
  private static final String ANSWER = resource("answer-p256.json");

  private final SecureRandom random = new SecureRandom();

  @Test
  void derivesTheVectorsKeyEncryptionKey() throws Exception {
    byte[] z =
        java.util.HexFormat.of()
            .parseHex("8367bacaecfed2498162ac0334042b025100af0371fe59e2b179920d7434b950");

    assertThat(Vectors.hex(KeyAgreement256.derive(z)))
        .isEqualTo("382d0004aafd9a97aa9cf825ef8baaf269c6abf2f943c47c332baf04153f065a");
  }

  @Test
  void sealsTheVectorByteForByte() {
    Jwe parsed = Jwe.parse(bytes(ANSWER));
    String header = text(Base64.getUrlDecoder().decode(parsed.protectedHeader()));
    String x = header.replaceAll(".*\"x\":\"([^\"]*)\".*", "$1");
    String y = header.replaceAll(".*\"y\":\"([^\"]*)\".*", "$1");
    KeyPair ephemeral = Vectors.pair(Vectors.EPHEMERAL_D, x, y);

    Jwe sealed =
        Jwe.sealEc(
            Vectors.publicKey(),
            ephemeral,
            Vectors.range(0x20, 32),
            Vectors.range(0xa0, 12),
            bytes("test content"));

    assertThat(text(sealed.toJson())).isEqualTo(ANSWER);
  }

  @Test
  void opensTheVector() {
    assertThat(text(Vectors.teeKeyPair().open(Jwe.parse(bytes(ANSWER))))).isEqualTo("test content");
  }

  @Property(tries = 20)
  void opensWhatItSealed(@ForAll byte[] secret) {
    TeeKeyPair key = TeeKeyPair.generate(random);

    Jwe sealed = Jwe.seal(key.publicKey(), secret, random);

    assertThat(key.open(Jwe.parse(sealed.toJson()))).isEqualTo(secret);
    assertThat(sealed.toJson()).hasSize(391 + (4 * secret.length + 2) / 3);
  }

  @Test
  void survivesTheHandOverAsPem() {
    TeeKeyPair key = TeeKeyPair.generate(random);
    TeeKeyPair again = TeeKeyPair.fromPem(key.toPem(), (TeePublicKey.Ec) key.publicKey());

    assertThat(text(again.open(Jwe.seal(key.publicKey(), bytes("s"), random)))).isEqualTo("s");
    assertThat(key).asString().doesNotContain("PRIVATE");
  }

  @Test
  void anIndependentLibraryOpensP256() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();

    assertThat(openWithNimbus(seal(key, "secret"), new ECDHDecrypter(key))).isEqualTo("secret");
  }

  @Test
  void p521AnswersHaveUpstreamsSizeAndHeader() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_521).generate();

    byte[] json = seal(key, "secret!!").toJson();

    assertThat(json).hasSize(511 + 11);
    assertThat(openWithNimbus(Jwe.parse(json), new ECDHDecrypter(key))).isEqualTo("secret!!");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA-OAEP-256", "RSA1_5"})
  void anIndependentLibraryOpensRsa(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048, random);
    KeyPair pair = generator.generateKeyPair();
    RSAPublicKey rsa = (RSAPublicKey) pair.getPublic();
    var recipient =
        new TeePublicKey.Rsa(
            algorithm,
            com.nimbusds.jose.util.Base64URL.encode(rsa.getModulus()).toString(),
            com.nimbusds.jose.util.Base64URL.encode(rsa.getPublicExponent()).toString());

    Jwe sealed = Jwe.seal(recipient, bytes("secret"), random);

    assertThat(text(Base64.getUrlDecoder().decode(sealed.protectedHeader())))
        .isEqualTo("{\"alg\":\"" + algorithm + "\",\"enc\":\"A256GCM\"}");
    assertThat(openWithNimbus(sealed, new RSADecrypter((RSAPrivateKey) pair.getPrivate())))
        .isEqualTo("secret");
  }

  @Test
  void everyFlippedBitIsNoticed() {
    TeeKeyPair key = Vectors.teeKeyPair();
    Jwe good = Jwe.parse(bytes(ANSWER));

    assertRefused(() -> key.open(with(good, "ciphertext")), Reason.UNDECRYPTABLE);
    assertRefused(() -> key.open(with(good, "tag")), Reason.UNDECRYPTABLE);
    assertRefused(() -> key.open(with(good, "iv")), Reason.UNDECRYPTABLE);
    assertRefused(() -> key.open(with(good, "encrypted_key")), Reason.UNDECRYPTABLE);
    assertRefused(() -> TeeKeyPair.generate(random).open(good), Reason.UNDECRYPTABLE);
  }

  @Test
  void refusesAPointOffTheCurve() {
    var bad = new TeePublicKey.Ec("P-256", TeePublicKey.ECDH_ES_A256KW, Vectors.Y, Vectors.X);

    assertRefused(() -> Jwe.seal(bad, bytes("s"), random), Reason.BAD_KEY);
  }

  @Test
  void refusesOtherCurvesAlgorithmsAndShortCoordinates() {
    var curve = new TeePublicKey.Ec("P-384", TeePublicKey.ECDH_ES_A256KW, Vectors.X, Vectors.Y);
    var algorithm = new TeePublicKey.Ec("P-256", "ECDH-ES", Vectors.X, Vectors.Y);
    var coordinate = new TeePublicKey.Ec("P-256", TeePublicKey.ECDH_ES_A256KW, "AA", Vectors.Y);
    var rsa = new TeePublicKey.Rsa("RSA-OAEP", "AQAB", "AQAB");

    assertRefused(() -> Jwe.seal(curve, bytes("s"), random), Reason.UNSUPPORTED_KEY);
    assertRefused(() -> Jwe.seal(algorithm, bytes("s"), random), Reason.UNSUPPORTED_KEY);
    assertRefused(() -> Jwe.seal(coordinate, bytes("s"), random), Reason.BAD_KEY);
    assertThatThrownBy(() -> Jwe.seal(rsa, bytes("s"), random))
        .isInstanceOf(ProtocolException.class);
  }

  @Property(tries = 200)
  void anyTextIsAnAnswerOrRefused(@ForAll String text) {
    TeeKeyPair key = Vectors.teeKeyPair();

    assertThatThrownBy(() -> key.open(Jwe.parse(bytes(text))))
        .isInstanceOf(ProtocolException.class);
  }

  private Jwe seal(ECKey key, String secret) {
    var recipient =
        new TeePublicKey.Ec(
            key.getCurve().getName(),
            TeePublicKey.ECDH_ES_A256KW,
            key.getX().toString(),
            key.getY().toString());
    return Jwe.seal(recipient, bytes(secret), random);
  }

  private static String openWithNimbus(Jwe sealed, com.nimbusds.jose.JWEDecrypter decrypter)
      throws Exception {
    JWEObjectJSON jwe = JWEObjectJSON.parse(text(sealed.toJson()));
    jwe.decrypt(decrypter);
    return jwe.getPayload().toString();
  }

  private static Jwe with(Jwe jwe, String member) {
    return Jwe.parse(
        bytes(
            text(jwe.toJson())
                .replaceAll("(\"" + member + "\":\")(.)", member.equals("iv") ? "$1A" : "$1Z")));
  }

  private static void assertRefused(ThrowingCallable call, Reason reason) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static String resource(String name) {
    try (InputStream in = JweTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
