package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.util.Base64URL;
import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.RuntimeData;
import dev.cocolab.protocol.TeePublicKey;
import dev.cocolab.protocol.TokenAnswer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Upstream's end-to-end scripts as far as they concern a broker: attested at one, served by another
 * that trusts the first one's signing chain; and background check over the same.
 *
 * <p>Rows of that list without a twin here: {@code test-ext-plugin} with its variants and {@code
 * test-ext-resource-plugin} need the external plugin, which is refused ({@code PluginTest}); {@code
 * test-vault-nossl} and {@code test-vault-ssl} need a Vault; the AS over gRPC needs gRPC, over REST
 * it is {@code RestfulAsTest}; the helm chart deploys what is not ours. HTTPS of {@code
 * test-bgcheck} is in {@code StartUpTest}, administrators' tokens with the administrative
 * interface.
 */
class PassportTest {
  private static final String ALLOW = "package policy\nallow := true\n";
  private static final String SIGNER =
      """
      duration_min = 5
      [attestation_service.attestation_token_broker.signer]
      key_path = "/etc/token.key"
      cert_path = "/etc/token.crt"
      """;

  @TempDir Path issuerRoot;
  @TempDir Path serverRoot;
  private final KeyPair root = pair("RSA");
  private final KeyPair leaf = pair("EC");
  private TestBroker issuer;
  private TestBroker server;

  private static KeyPair pair(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("EC")) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      } else {
        generator.initialize(2048);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The token's key is certified by a throw-away root, as upstream's script does. */
  @BeforeEach
  void start() throws Exception {
    X509Certificate anchor =
        Tokens.certificate("root", root.getPublic(), "root", root.getPrivate(), true);
    X509Certificate signer =
        Tokens.certificate("token", leaf.getPublic(), "root", root.getPrivate(), false);
    issuer =
        new TestBroker(issuerRoot)
            .config(TestBroker.PERMISSIVE.replace("duration_min = 5", SIGNER))
            .file("/etc/token.key", Tokens.pem(leaf.getPrivate()))
            .file("/etc/token.crt", Tokens.pem(signer, anchor));
    server = new TestBroker(serverRoot).resourcePolicy(ALLOW);
    server.resource("one/two/three", "sixteen  bytes!!".getBytes(StandardCharsets.UTF_8));
    trust(anchor);
    issuer.start();
  }

  private void trust(X509Certificate anchor) throws Exception {
    server
        .config(
            TestBroker.PERMISSIVE.replace(
                "insecure_header_jwk = true", "trusted_certs_paths = [\"/etc/root.crt\"]"))
        .file("/etc/root.crt", Tokens.pem(anchor));
  }

  @AfterEach
  void stop() {
    issuer.close();
    server.close();
  }

  private static TestGuest withToken(TestBroker broker, String token) {
    TestGuest guest = new TestGuest(broker.url());
    guest.bearer = Optional.of("Bearer " + token);
    return guest;
  }

  @Test
  @DisplayName("upstream: test-passport, with an RSA key of the TEE")
  void aTokenOfOneBrokerOpensTheOther() throws Exception {
    server.start();
    TestGuest guest = new TestGuest(issuer.url());
    guest.auth();
    KeyPair tee = pair("RSA");
    RSAPublicKey key = (RSAPublicKey) tee.getPublic();
    RuntimeData data =
        new RuntimeData(
            guest.nonce,
            new TeePublicKey.Rsa(
                "RSA-OAEP-256",
                Base64URL.encode(key.getModulus()).toString(),
                Base64URL.encode(key.getPublicExponent()).toString()));
    String token =
        TokenAnswer.parse(
                guest
                    .attest(Attestation.of(data, SampleEvidence.of(data.reportData("")).toJson()))
                    .body())
            .token();

    HttpResponse<byte[]> answer = withToken(server, token).resource("one/two/three");

    assertThat(answer.statusCode()).as(server.logText()).isEqualTo(200);
    JsonNode jwe = JsonMapper.shared().readTree(answer.body());
    JWEObject opened =
        new JWEObject(
            new Base64URL(jwe.path("protected").asString()),
            new Base64URL(jwe.path("encrypted_key").asString()),
            new Base64URL(jwe.path("iv").asString()),
            new Base64URL(jwe.path("ciphertext").asString()),
            new Base64URL(jwe.path("tag").asString()));
    opened.decrypt(new RSADecrypter(tee.getPrivate()));
    assertThat(opened.getPayload().toString()).isEqualTo("sixteen  bytes!!");
    assertThat(server.journal.accesses().get(0).appraisal()).isEmpty();
  }

  @Test
  void aBrokerThatTrustsAnotherRootRefusesTheToken() throws Exception {
    KeyPair other = pair("RSA");
    trust(Tokens.certificate("root", other.getPublic(), "root", other.getPrivate(), true));
    server.start();

    HttpResponse<byte[]> answer =
        withToken(server, new TestGuest(issuer.url()).handshake()).resource("one/two/three");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("TokenVerifierError");
    assertThat(server.logText()).contains("JWK cannot be validated by trust anchor");
  }

  @Test
  void anyHeaderKeyIsBelievedWhereTheConfigurationSaysSo() throws Exception {
    server.config(TestBroker.PERMISSIVE).start();
    TestGuest guest = new TestGuest(issuer.url());
    guest.bearer = Optional.of("Bearer " + guest.handshake());

    HttpResponse<byte[]> answer =
        withToken(server, guest.bearer.get().substring("Bearer ".length()))
            .resource("one/two/three");

    assertThat(guest.open(answer)).hasSize(16);
  }

  @Test
  void theRequestIdOfTheServingBrokerLeadsToItsOwnJournal() throws Exception {
    server.start();
    String token = new TestGuest(issuer.url()).handshake();
    HttpResponse<byte[]> answer = withToken(server, token).resource("one/two/three");
    String id = answer.headers().firstValue(RequestIds.HEADER).orElseThrow();

    assertThat(server.journal.explain(id).orElseThrow().decision()).isEqualTo("granted");
    assertThat(issuer.journal.explain(id)).isEmpty();
  }

  /** Resource set, refused by the built-in policy, allowed by another, delivered. */
  @Test
  @DisplayName("upstream: test-kbs-docker-e2e")
  void theBuiltInPolicyRefusesSampleEvidenceAndAnotherLetsItPass() throws Exception {
    Files.delete(server.path(TestBroker.STORAGE + "/kbs/resource-policy.rego"));
    server.config(TestBroker.PERMISSIVE.replace("\"DenyAll\"", "\"InsecureAllowAll\"")).start();
    TestGuest guest = new TestGuest(server.url());
    byte[] secret = {1, 2, 3, 4};
    guest.send("POST", "/kbs/v0/resource/default/test/secret", secret);
    guest.handshake();
    assertThat(guest.resource("default/test/secret").statusCode()).isEqualTo(401);

    String policy = Base64URL.encode(ALLOW).toString();
    guest.send(
        "POST",
        "/kbs/v0/resource-policy",
        ("{\"policy\":\"" + policy + "\"}").getBytes(StandardCharsets.UTF_8));

    assertThat(guest.open(guest.resource("default/test/secret"))).isEqualTo(secret);
  }

  @Test
  @DisplayName("upstream: test-bgcheck, policy of the TEE")
  void aPolicyAsksForPluginThreePartsAndTheTee() throws Exception {
    server
        .resourcePolicy(
            """
            package policy
            default allow := false
            allow if {
              data.plugin == "resource"
              count(data["resource-path"]) == 3
              input.submods.cpu0["ear.veraison.annotated-evidence"].sample
            }
            """)
        .config(TestBroker.PERMISSIVE)
        .start();
    TestGuest guest = new TestGuest(server.url());
    guest.handshake();

    assertThat(guest.open(guest.resource("one/two/three"))).hasSize(16);
  }
}
