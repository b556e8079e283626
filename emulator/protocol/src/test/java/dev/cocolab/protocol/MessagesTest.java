package dev.cocolab.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class MessagesTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void requestHasUpstreamsBytes() {
    assertThat(text(Request.of("az-snp-vtpm").toJson()))
        .isEqualTo(
            "{\"version\":\"0.4.0\",\"tee\":\"az-snp-vtpm\",\"extra-params\":"
                + "{\"supported-hash-algorithms\":[\"sha256\",\"sha384\",\"sha512\",\"sm3\"]}}");
  }

  @Test
  void requestIgnoresUnknownMembersAndReadsBack() {
    Request request =
        Request.parse(
            bytes("{\"x\":1,\"tee\":\"sample\",\"version\":\"9\",\"extra-params\":\"\"}"));

    assertThat(Request.parse(request.toJson())).isEqualTo(request);
    assertThat(request.tee()).isEqualTo("sample");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[",
        "null",
        "{\"version\":\"0.4.0\",\"tee\":\"sample\"}",
        "{\"version\":4,\"tee\":\"sample\",\"extra-params\":\"\"}",
        "{\"version\":\"0.4.0\",\"extra-params\":\"\"}",
        "{\"version\":\"0.4.0\",\"tee\":\"sample\",\"extra-params\":\"\"} x",
        "{\"version\":\"0.4.0\",\"version\":\"0.4.0\",\"tee\":\"sample\",\"extra-params\":\"\"}"
      })
  void requestRefusesWhatIsNotOne(String json) {
    assertRefused(() -> Request.parse(bytes(json)), Reason.MALFORMED);
  }

  @Test
  void challengeHas74BytesAndFreshNonces() {
    Set<String> nonces = new HashSet<>();
    for (int i = 0; i < 13; i++) {
      Challenge challenge = Challenge.fresh(random);
      assertThat(challenge.toJson()).hasSize(74);
      assertThat(challenge.nonce()).hasSize(44);
      assertThat(Challenge.parse(challenge.toJson())).isEqualTo(challenge);
      nonces.add(challenge.nonce());
    }
    assertThat(nonces).hasSize(13);
  }

  @Test
  void bindsEvidenceToNonceAndKeyAsTheVectorSays() {
    RuntimeData data = new RuntimeData(Vectors.NONCE, Vectors.publicKey());

    assertThat(CanonicalJson.text(data.claims("")))
        .isEqualTo(
            "{\"additional-evidence\":\"\",\"nonce\":\""
                + Vectors.NONCE
                + "\",\"tee-pubkey\":{\"alg\":\"ECDH-ES+A256KW\",\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\""
                + Vectors.X
                + "\",\"y\":\""
                + Vectors.Y
                + "\"}}");
    assertThat(Vectors.hex(data.reportData("")))
        .isEqualTo(
            "5464382c0169bfacd7b5380146bed959857ed95f56bd3863815f4f2b0060b5d8"
                + "9b5fbed6314dc42eb4e0039a38c7a9a7");
    assertThat(Vectors.hex(data.deviceReportData()))
        .isEqualTo(
            "4491cbe7a0251106a8cb918e598638b3351b1319e402260c06a8a9ae2b8b5dc6"
                + "d66a28f381d35a08d0e6ac6fb8c147e3");
    assertThat(Base64.getEncoder().encodeToString(data.reportData("")))
        .isEqualTo("VGQ4LAFpv6zXtTgBRr7ZWYV+2V9WvThjgV9PKwBgtdibX77WMU3ELrTgA5o4x6mn");
  }

  @Test
  void attestationKeepsAdditionalEvidenceCharacterByCharacter() {
    JsonNode evidence = JsonNodeFactory.instance.objectNode().put("svn", "1");
    String devices = "{ \"sampledevice\" : {\"svn\":\"2\"} }";
    Attestation attestation =
        new Attestation(
            Optional.of(new Attestation.InitDataText("toml", "version = \"0.1.0\"\n")),
            new RuntimeData(Vectors.NONCE, Vectors.publicKey()),
            evidence,
            devices);

    Attestation again = Attestation.parse(attestation.toJson());

    assertThat(again).isEqualTo(attestation);
    assertThat(again.additionalEvidence()).isEqualTo(devices);
    assertThat(again.devices()).containsOnlyKeys("sampledevice");
  }

  @Test
  void attestationWithoutInitdataWritesNull() {
    Attestation attestation =
        Attestation.of(
            new RuntimeData(Vectors.NONCE, Vectors.publicKey()),
            JsonNodeFactory.instance.objectNode());

    assertThat(text(attestation.toJson()))
        .startsWith("{\"init-data\":null,\"runtime-data\":{\"nonce\":")
        .endsWith("\"tee-evidence\":{\"primary_evidence\":{},\"additional_evidence\":\"\"}}");
    assertThat(attestation.devices()).isEmpty();
  }

  @Test
  void publicKeyDropsMembersThatAreNotHashed() {
    JsonNode jwk = Vectors.publicKey().toJson().put("kid", "a").put("use", "enc");

    assertThat(TeePublicKey.parse(jwk)).isEqualTo(Vectors.publicKey());
    assertRefused(
        () -> TeePublicKey.parse(JsonNodeFactory.instance.objectNode().put("kty", "OKP")),
        Reason.UNSUPPORTED_KEY);
    assertRefused(
        () -> TeePublicKey.parse(JsonNodeFactory.instance.objectNode().put("kty", "EC")),
        Reason.MALFORMED);
  }

  @Test
  void errorObjectHasUpstreamsBytes() {
    byte[] json = ErrorInformation.of("PolicyDeny", "Access denied by policy").toJson();

    assertThat(text(json))
        .isEqualTo(
            "{\"type\":\"https://github.com/confidential-containers/kbs/errors/PolicyDeny\","
                + "\"detail\":\"Access denied by policy\"}")
        .hasSize(110);
    assertThat(ErrorInformation.parse(json).variant()).isEqualTo("PolicyDeny");
  }

  @Test
  void tokenAnswerKeepsTheTokenOutOfItsText() {
    TokenAnswer answer = TokenAnswer.parse(bytes("{\"token\":\"aaa.bbb.ccc\"}"));

    assertThat(text(answer.toJson())).isEqualTo("{\"token\":\"aaa.bbb.ccc\"}");
    assertThat(answer).asString().doesNotContain("bbb");
  }

  @Test
  void resourceUriIgnoresItsHost() {
    ResourceUri uri = ResourceUri.parse("kbs://other-host:9999/default/aa/key");

    assertThat(uri).isEqualTo(ResourceUri.ofPath("default/aa/key"));
    assertThat(uri.requestPath()).isEqualTo("/kbs/v0/resource/default/aa/key");
    assertThat(uri).hasToString("kbs:///default/aa/key");
    assertThat(ResourceUri.parse("kbs+pkcs11:///wrap?id=1").requestPath())
        .isEqualTo("/kbs/v0/pkcs11/wrap?id=1");
    assertThat(ResourceUri.parse("kbs+resource:///a/b/c")).isEqualTo(ResourceUri.ofPath("a/b/c"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "default/a/b", "https://h/a/b/c", "kbs+:///a/b/c", "kbs://host", "kbs:///"})
  void resourceUriRefusesWhatIsNotOne(String uri) {
    assertRefused(() -> ResourceUri.parse(uri), Reason.BAD_URI);
  }

  private static void assertRefused(ThrowingCallable call, Reason reason) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
