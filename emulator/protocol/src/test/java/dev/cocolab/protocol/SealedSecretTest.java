package dev.cocolab.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.cocolab.protocol.SealedSecretException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealedSecretTest {
  private static final String KID = "kbs:///default/sealed-signing-key/jwk_public";
  private static final String TARGET = "kbs:///default/fraud-dataset/dataset_key";
  private static final String PAYLOAD =
      "{\"version\":\"0.1.0\",\"type\":\"vault\",\"name\":\""
          + TARGET
          + "\",\"provider\":\"kbs\",\"provider_settings\":{},\"annotations\":{}}";
  private static final String HEADER = "{\"alg\":\"ES256\",\"kid\":\"" + KID + "\"}";

  private static final ECKey SIGNER = generate(Curve.P_256);
  private static final ECKey OTHER = generate(Curve.P_256);

  private static ECKey generate(Curve curve) {
    try {
      return new ECKeyGenerator(curve).generate();
    } catch (com.nimbusds.jose.JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void sealsHeaderAndPayloadInUpstreamsOrderWithoutPadding() throws Exception {
    String sealed = SealedSecret.seal(SIGNER.toECPrivateKey(), KID, TARGET);

    String[] parts = sealed.split("\\.", -1);
    assertThat(sealed).startsWith("sealed.eyJhbGci").doesNotContain("=");
    assertThat(parts).hasSize(4);
    assertThat(text(parts[1])).isEqualTo(HEADER);
    assertThat(text(parts[2])).isEqualTo(PAYLOAD);
    assertThat(Base64.getUrlDecoder().decode(parts[3])).hasSize(64);
  }

  @Test
  void anotherLibraryVerifiesWhatIsSealed() throws Exception {
    String sealed = SealedSecret.seal(SIGNER.toECPrivateKey(), KID, TARGET);

    JWSObject jws = JWSObject.parse(sealed.substring(SealedSecret.PREFIX.length()));

    assertThat(jws.verify(new ECDSAVerifier(SIGNER.toPublicJWK()))).isTrue();
    assertThat(jws.verify(new ECDSAVerifier(OTHER.toPublicJWK()))).isFalse();
  }

  @Test
  void readsWhatAnotherLibraryHasSealed() throws Exception {
    JWSObject jws =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(KID).build(), new Payload(PAYLOAD));
    jws.sign(new ECDSASigner(SIGNER));

    SealedSecret read = SealedSecret.parse("sealed." + jws.serialize());

    assertThat(read.keyId()).isEqualTo(KID);
    assertThat(read.verify(jwk(SIGNER))).isEqualTo(new VaultPointer(TARGET));
  }

  @Test
  void acceptsAPrivateKeyInPlaceOfThePublicOneAndRepeatedPrefixes() throws Exception {
    String sealed = "sealed.sealed." + SealedSecret.seal(SIGNER.toECPrivateKey(), KID, TARGET);

    byte[] privateJwk = SIGNER.toJSONString().getBytes(StandardCharsets.UTF_8);

    assertThat(SealedSecret.parse(sealed).verify(privateJwk).name()).isEqualTo(TARGET);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sealed.a.b                    | NOT_A_JWS    | Failed to parse JWS",
        "sealed.a.b.c.d                | NOT_A_JWS    | Failed to parse JWS",
        "sealed.fakejwsheader.e30.fake | NOT_A_JWS    | Failed to parse JWS",
        "sealed.W10.e30.AA             | NOT_A_JWS    | Failed to parse JWS",
        "sealed.e30.e30.AA             | NO_KEY_ID    | Could not find kid",
        "sealed.eyJraWQiOiJrIn0.e30.AA | NO_ALGORITHM | Could not get algorithm",
        "sealed.e30=.e30.AA            | NOT_A_JWS    | Failed to parse JWS: padded base64"
      })
  void refusesWhatIsNoSignedPointer(String text, Reason reason, String message) {
    assertThatThrownBy(() -> SealedSecret.parse(text))
        .isInstanceOfSatisfying(
            SealedSecretException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(message);
  }

  @Test
  void refusesAPointerThatWasRedirected() {
    String redirected =
        changed(
            parts -> {
              parts[2] = base64(PAYLOAD.replace("fraud-dataset", "p2-secret"));
              return parts;
            });

    assertBad(redirected, SIGNER, Reason.BAD_SIGNATURE, "Signature Error: signature error");
  }

  @Test
  void refusesAPointerWhoseHeaderWasChanged() {
    String changed =
        changed(
            parts -> {
              parts[1] = base64(HEADER.replace("\"ES256\"", "\"ES256\" "));
              return parts;
            });

    assertBad(changed, SIGNER, Reason.BAD_SIGNATURE, "Signature Error: signature error");
  }

  @Test
  void refusesAnotherSignersPointer() {
    assertBad(sealed(), OTHER, Reason.BAD_SIGNATURE, "Signature Error: signature error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "HS256", "ES384", "es256"})
  void refusesAnotherAlgorithmBeforeItLooksAtTheKey(String algorithm) {
    String other =
        changed(
            parts -> {
              parts[1] = base64(HEADER.replace("ES256", algorithm));
              return parts;
            });

    assertThatThrownBy(() -> SealedSecret.parse(other).verify(new byte[0]))
        .isInstanceOfSatisfying(
            SealedSecretException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.OTHER_ALGORITHM))
        .hasMessage("Signing key error: JWS algorithm must be ES256");
  }

  @Test
  void refusesAKeyOnAnotherCurve() {
    assertBad(
        sealed(), generate(Curve.P_521), Reason.BAD_KEY, "Signing key error: Key must be P256");
  }

  @Test
  void refusesASignatureOfAnotherLength() {
    String cut =
        changed(
            parts -> {
              parts[3] = parts[3].substring(0, 40);
              return parts;
            });

    assertBad(cut, SIGNER, Reason.BAD_SIGNATURE, "Signature Error: signature error");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\":\"0.1.0\"|\"version\":\"0.2.0\"|OTHER_VERSION|version not supported, only 0.1.0 supported",
        "\"type\":\"vault\"|\"type\":\"envelope\"|UNSUPPORTED|sealed secrets of type `envelope` are not supported",
        "\"provider\":\"kbs\"|\"provider\":\"aws\"|UNSUPPORTED|Unsupported provider: aws",
        ",\"annotations\":{}|''|BAD_PAYLOAD|missing field `annotations`",
        "\"provider_settings\":{},|''|BAD_PAYLOAD|missing field `provider_settings`",
        "\"name\":|\"nome\":|BAD_PAYLOAD|missing field `name`"
      })
  void refusesAPayloadThatIsNotTheFormat(String from, String to, Reason reason, String message) {
    String signed = signed(PAYLOAD.replace(from, to));

    assertBad(signed, SIGNER, reason, message);
  }

  @Test
  void acceptsAProviderInCapitals() {
    String signed = signed(PAYLOAD.replace("\"provider\":\"kbs\"", "\"provider\":\"KBS\""));

    assertThat(SealedSecret.parse(signed).verify(jwk(SIGNER)).name()).isEqualTo(TARGET);
  }

  @Test
  void readsAnUnsignedPointerOnlyWhenAskedToAndOnlyUnpaddedAndUrlSafe() {
    String odd = PAYLOAD.replace("dataset_key", "dataset_key12"); // its length asks for padding
    String unpadded = base64(odd);
    String padded = Base64.getUrlEncoder().encodeToString(odd.getBytes(StandardCharsets.UTF_8));

    assertThat(padded).endsWith("=");
    assertThat(unverified(unpadded).name()).endsWith("dataset_key12");
    assertThatThrownBy(() -> unverified(padded))
        .isInstanceOfSatisfying(
            SealedSecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_PAYLOAD));
    assertThatThrownBy(() -> unverified("a+b/"))
        .isInstanceOfSatisfying(
            SealedSecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_PAYLOAD));
    assertThatThrownBy(() -> SealedSecret.parseUnverified("sealed.a.b"))
        .hasMessage("malformed input sealed secret");
  }

  @Property(tries = 300)
  void anyTextIsReadOrRefusedWithAReason(@ForAll String text) {
    try {
      assertThat(SealedSecret.parse(text).keyId()).isNotNull();
    } catch (SealedSecretException e) {
      assertThat(e.reason()).isNotNull();
    }
  }

  private static VaultPointer unverified(String payload) {
    return SealedSecret.parseUnverified("sealed.fakejwsheader." + payload + ".fakesignature");
  }

  private static void assertBad(String text, ECKey key, Reason reason, String message) {
    assertThatThrownBy(() -> SealedSecret.parse(text).verify(jwk(key)))
        .isInstanceOfSatisfying(
            SealedSecretException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(message);
  }

  private static String sealed() {
    return signed(PAYLOAD);
  }

  private static String signed(String payload) {
    try {
      JWSObject jws =
          new JWSObject(
              new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(KID).build(), new Payload(payload));
      jws.sign(new ECDSASigner(SIGNER));
      return "sealed." + jws.serialize();
    } catch (com.nimbusds.jose.JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String changed(UnaryOperator<String[]> change) {
    return String.join(".", change.apply(sealed().split("\\.", -1)));
  }

  private static byte[] jwk(ECKey key) {
    return key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }
}
