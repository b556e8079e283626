package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import dev.cocolab.broker.config.AsConfigReader;
import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.storage.ReferenceValues;
import dev.cocolab.broker.storage.StorageProvider;
import dev.cocolab.broker.token.TokenSigner;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.Profile;
import dev.cocolab.protocol.Request;
import dev.cocolab.protocol.TokenAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Upstream's unit tests of the token broker, its configuration and stored reference values. That a
 * token is issued with an ephemeral key for a policy without reference values is shown by {@code
 * AppraisalTest}.
 */
class UpstreamTokenTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir Path root;

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private TokenSigner signer(KeyPair key, List<X509Certificate> chain) throws Exception {
    Path file = Files.writeString(root.resolve("key.pem"), Tokens.pem(key.getPrivate()));
    return TokenSigner.of(
        "key.pem", file, chain, Optional.empty(), new SecureRandom(), Profile.upstream().token());
  }

  @Test
  @DisplayName("upstream: test_issue_and_validate_ear, own key")
  void ownKey() throws Exception {
    KeyPair key = pair();
    String token = signer(key, List.of()).sign(JSON.readTree("{\"claim\":\"claim1\",\"exp\":1}"));

    assertThat(JWSObject.parse(token).verify(new ECDSAVerifier((ECPublicKey) key.getPublic())))
        .isTrue();
  }

  @Test
  @DisplayName("upstream: JWKS is one ES256 key on P-256 with coordinates of 32 bytes")
  void jwks() throws Exception {
    for (int i = 0; i < 300; i++) {
      JsonNode keys =
          TokenSigner.ephemeral(new SecureRandom(), Profile.upstream().token()).jwks().path("keys");
      assertThat(keys).hasSize(1);
      assertThat(keys.get(0).path("alg").asString()).isEqualTo("ES256");
      assertThat(keys.get(0).path("crv").asString()).isEqualTo("P-256");
      for (String coordinate : List.of("x", "y")) {
        assertThat(Base64.getUrlDecoder().decode(keys.get(0).path(coordinate).asString()))
            .hasSize(32);
      }
    }
  }

  @Test
  @DisplayName("upstream: JWKS equals key and chain of the files")
  void jwksOfFiles() throws Exception {
    KeyPair key = pair();
    X509Certificate leaf =
        Tokens.certificate("leaf", key.getPublic(), "leaf", key.getPrivate(), false);
    JsonNode jwk = signer(key, List.of(leaf)).jwks().path("keys").get(0);

    assertThat(ECKey.parse(jwk.toString()).toECPublicKey()).isEqualTo(key.getPublic());
    assertThat(jwk.path("x5c"))
        .isEqualTo(
            JSON.readTree("[\"" + Base64.getEncoder().encodeToString(leaf.getEncoded()) + "\"]"));
  }

  /** Takes any evidence for a TDX guest. */
  private static final class Tdx implements EvidenceVerifier {
    @Override
    public Tee tee() {
      return Tee.TDX;
    }

    @Override
    public List<TeeClaims> verify(JsonNode evidence, ExpectedBinding expected) {
      ObjectNode claims =
          (ObjectNode)
              JSON.readTree(
                  "{\"init_data\":\"ab\",\"report_data\":\"cd\",\"quote\":{\"header\":{\"version\":"
                      + "\"0400\"},\"body\":{\"mr_td\":\"705e\"}},\"td_attributes\":{\"debug\":false}}");
      return List.of(new TeeClaims(Tee.TDX, TeeClaims.CPU, claims));
    }
  }

  @Test
  @DisplayName("upstream: transform_claims, TDX nested, initdata and report data lifted")
  void transform() throws Exception {
    try (TestBroker broker = new TestBroker(root)) {
      broker.verifiers = Map.of(Tee.TDX, new Tdx());
      broker.start();
      TestGuest guest = new TestGuest(broker.url());
      var auth = guest.send("POST", "/kbs/v0/auth", Request.of("tdx").toJson());
      guest.nonce = Challenge.parse(auth.body()).nonce();
      guest.cookie = auth.headers().firstValue("set-cookie").map(value -> value.substring(15, 47));
      String token =
          TokenAnswer.parse(
                  guest.attest(Attestation.of(guest.runtimeData(), JSON.createObjectNode())).body())
              .token();

      JsonNode evidence = Tokens.payload(token).at("/submods/cpu0/ear.veraison.annotated-evidence");
      assertThat(evidence.propertyNames())
          .containsExactlyInAnyOrder(
              "tdx", "init_data", "init_data_claims", "report_data", "runtime_data_claims");
      assertThat(evidence.at("/tdx/quote/body/mr_td").asString()).isEqualTo("705e");
      assertThat(evidence.path("tdx").has("report_data")).isFalse();
      assertThat(evidence.path("init_data").asString()).isEqualTo("ab");
      assertThat(evidence.path("init_data_claims").isNull()).isTrue();
      assertThat(evidence.path("report_data").asString()).isEqualTo("cd");
      assertThat(evidence.at("/runtime_data_claims/nonce").asString()).isEqualTo(guest.nonce);
    }
  }

  @Test
  @DisplayName("upstream: configuration of the AS, full and partial")
  void configuration() throws Exception {
    KbsConfig.Attestation defaults = AsConfigReader.defaults().attestation();
    Path file =
        Files.writeString(
            root.resolve("as.json"),
            """
            {"attestation_token_broker": {"duration_min": 9, "issuer_name": "i",
               "developer_name": "d", "build_name": "b", "profile_name": "p",
               "verbose_token": false,
               "signer": {"key_path": "/k", "cert_path": "/c", "cert_url": "u"}},
             "rvps_config": {"type": "BuiltIn", "storage_type": "LocalJson"},
             "storage_backend": {"storage_type": "LocalFs", "backends": {"local_fs": {}}}}
            """);
    KbsConfig.Attestation full = AsConfigReader.read("as.json", file).attestation();
    Files.writeString(file, "{\"attestation_token_broker\": {\"duration_min\": 9}}");
    KbsConfig.Attestation partial = AsConfigReader.read("as.json", file).attestation();

    assertThat(defaults.tokenMinutes()).isEqualTo(5);
    assertThat(defaults.issuer()).isEqualTo("CoCo-Attestation-Service");
    assertThat(defaults.developer()).isEqualTo("https://confidentialcontainers.org");
    assertThat(defaults.build()).isEqualTo("attestation-service 0.1.0");
    assertThat(defaults.profile()).isEqualTo("tag:github.com,2024:confidential-containers/Trustee");
    assertThat(defaults.verboseToken()).isTrue();
    assertThat(defaults.signer()).isEmpty();
    assertThat(defaults.referenceValueStorage()).isEqualTo(StorageProvider.Type.MEMORY);
    assertThat(full.tokenMinutes()).isEqualTo(9);
    assertThat(List.of(full.issuer(), full.developer(), full.build(), full.profile()))
        .containsExactly("i", "d", "b", "p");
    assertThat(full.verboseToken()).isFalse();
    assertThat(full.signer())
        .contains(new KbsConfig.Signer("/k", Optional.of("/c"), Optional.of("u")));
    assertThat(full.referenceValueStorage()).isEqualTo(StorageProvider.Type.LOCAL_JSON);
    assertThat(partial.tokenMinutes()).isEqualTo(9);
    assertThat(partial.issuer()).isEqualTo(defaults.issuer());
  }

  private ReferenceValues referenceValues() {
    return new ReferenceValues(
        new StorageProvider(StorageProvider.Type.LOCAL_FS, root, root.resolve("json")),
        StorageProvider.Type.LOCAL_FS,
        new SettableClock());
  }

  @Test
  @DisplayName("upstream: reference_value_serialize")
  void storedReferenceValue() throws Exception {
    String payload =
        Base64.getEncoder()
            .encodeToString("{\"artifact\":\"abc\"}".getBytes(StandardCharsets.UTF_8));

    referenceValues().register("{\"type\":\"sample\",\"payload\":\"" + payload + "\"}");

    assertThat(JSON.readTree(Files.readString(root.resolve("reference_value/artifact"))))
        .isEqualTo(
            JSON.readTree(
                "{\"version\":\"0.1.0\",\"name\":\"artifact\",\"value\":\"abc\","
                    + "\"expiration\":\"2027-02-25T11:02:01Z\"}"));
  }

  @Test
  @DisplayName("upstream: reference_value_deserialize, and times that are none")
  void readReferenceValue() throws Exception {
    Path file = root.resolve("reference_value/artifact");
    Files.createDirectories(file.getParent());
    String good =
        "{\"expiration\":\"1970-01-01T00:00:00Z\",\"name\":\"artifact\",\"version\":\"1.0.0\","
            + "\"value\":\"abcd\"}";
    Files.writeString(file, good);
    assertThat(referenceValues().now().query("artifact").orElseThrow().asString())
        .isEqualTo("abcd");

    for (String time :
        List.of(
            "1970-01-01T00:00:00.0Z", "1970-01-01T00:00:00+00:00", "1970-02-30T00:00:00Z", "")) {
      Files.writeString(file, good.replace("1970-01-01T00:00:00Z", time));
      assertThatThrownBy(() -> referenceValues().now().query("artifact"))
          .as(time)
          .hasMessageContaining("`expiration` of reference value `artifact` is not like");
    }
  }
}
