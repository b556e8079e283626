package dev.cocolab.broker;

import static dev.cocolab.broker.WireTest.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

class ResourceTest {
  private static final String ALLOW = "package policy\nallow := true\n";
  private static final String SECRET = "shhhhhhh";

  @TempDir Path root;
  private TestBroker broker;
  private TestGuest guest;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(root);
    broker.resourcePolicy(ALLOW);
    broker.resource("default/key/1", bytes(SECRET));
    broker.start();
    guest = new TestGuest(broker.url());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void theBuiltInPolicyRefusesSampleEvidence() throws Exception {
    Files.delete(broker.path(TestBroker.STORAGE + "/kbs/resource-policy.rego"));
    broker.restart();
    TestGuest sample = new TestGuest(broker.url());
    sample.handshake();

    assertError(sample.resource("default/key/1"), 401, "PolicyDeny", "Access denied by policy");
    assertThat(broker.path(TestBroker.STORAGE + "/kbs/resource-policy.rego")).exists();
  }

  @Test
  void policiesSeePluginPathQueryAndClaims() throws Exception {
    broker.resourcePolicy(
        """
        package policy
        default allow := false
        allow if {
          data.plugin == "resource"
          data["resource-path"] == ["default", "key", "1"]
          data.query == {"a": "c"}
          input.submods.cpu0["ear.veraison.annotated-evidence"].sample.svn == "1"
        }
        """);
    guest.handshake();

    assertThat(guest.resource("default/key/1?a=b&a=c").statusCode()).isEqualTo(200);
    assertError(guest.resource("default/key/1"), 401, "PolicyDeny", "Access denied by policy");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "package policy\ndefault allow := false\n",
        "package policy\nallow := 1\n",
        "package policy\nallow if { input.nothing }\n",
        "package other\nallow := true\n"
      })
  void whatIsNotTrueIsDenied(String policy) throws Exception {
    broker.resourcePolicy(policy);
    guest.handshake();

    assertError(guest.resource("default/key/1"), 401, "PolicyDeny", "Access denied by policy");
  }

  @Test
  void aPolicyThatDoesNotParseIsAnErrorOfItsOwn() throws Exception {
    broker.resourcePolicy("package policy\n\nallow {\n");
    guest.handshake();

    HttpResponse<byte[]> answer = guest.resource("default/key/1");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(text(answer))
        .contains("/PolicyEngineError\",\"detail\":\"Policy engine error: Failed to load policy: ")
        .contains("resource-policy.rego:3:");
    Explanation explanation = Explain.explain(broker.journal.accesses().get(0));
    assertThat(explanation.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.line()).isEqualTo(3))
        .satisfies(finding -> assertThat(finding.policy()).isEqualTo("resource-policy.rego"));
  }

  @Test
  void aPolicyThatAsksForReferenceValuesCannotBeEvaluated() throws Exception {
    broker.resourcePolicy("package policy\nallow if { query_reference_value(\"x\") }\n");
    guest.handshake();

    assertThat(text(guest.resource("default/key/1"))).contains("/PolicyEngineError\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default/none/1", "default/key", "default/key/1/2", ".a/key/1", "a//1"})
  void missingResourcesAndBadPathsLookAlike(String path) throws Exception {
    guest.handshake();

    assertError(guest.resource(path), 401, "PluginInternalError", "Plugin internal error");
  }

  @Test
  void putReachesThePluginAndFailsThere() throws Exception {
    guest.handshake();

    assertError(
        guest.send("PUT", "/kbs/v0/resource/default/key/1", bytes("x")),
        401,
        "PluginInternalError",
        "Plugin internal error");
    assertThat(guest.open(guest.resource("default/key/1"))).isEqualTo(bytes(SECRET));
  }

  @Test
  void administratorsWriteWhatGuestsReadAndNothingElse() throws Exception {
    broker.config(TestBroker.PERMISSIVE.replace("DenyAll", "InsecureAllowAll"));
    broker.restart();
    TestGuest admin = new TestGuest(broker.url());
    admin.handshake();

    HttpResponse<byte[]> written =
        admin.send("POST", "/kbs/v0/resource/a/b/c.d", new byte[] {0, -1, 10});
    assertThat(written.statusCode()).isEqualTo(200);
    assertThat(written.headers().firstValue("content-type")).contains("text/xml");
    assertThat(admin.open(admin.resource("a/b/c.d"))).isEqualTo(new byte[] {0, -1, 10});

    for (String method : new String[] {"POST", "GET"}) {
      assertError(
          admin.send(method, "/kbs/v0/resource/default/only2", bytes("1234")),
          401,
          "PluginInternalError",
          "Plugin internal error");
    }
    assertThat(broker.path(TestBroker.STORAGE + "/repository"))
        .isDirectoryNotContaining("glob:**only2*");

    assertThat(admin.send("DELETE", "/kbs/v0/resource/a/b/c.d", new byte[0]).statusCode())
        .isEqualTo(200);
    assertThat(admin.send("DELETE", "/kbs/v0/resource/a/b/c.d", new byte[0]).statusCode())
        .isEqualTo(401);
  }

  @Test
  void administratorsSetPoliciesAndReferenceValues() throws Exception {
    broker.config(TestBroker.PERMISSIVE.replace("DenyAll", "InsecureAllowAll"));
    broker.restart();
    TestGuest admin = new TestGuest(broker.url());

    assertThat(text(admin.get("/kbs/v0/resource-policy"))).isEqualTo("[\"resource-policy\"]");
    assertThat(set(admin, "resource-policy", "{\"policy\":\"" + base64url(ALLOW) + "\"}"))
        .isEmpty();
    assertThat(set(admin, "resource-policy", "x"))
        .contains("/ParsePolicyError", "Failed to parse policy: Illegal SetPolicy Request Json");
    assertThat(set(admin, "resource-policy", "{}")).contains("No `policy` field inside");
    assertThat(set(admin, "resource-policy", "{\"policy\":1}")).contains("is not a string in");
    assertThat(set(admin, "resource-policy", "{\"policy\":\"YQ==\"}"))
        .contains("Failed to decode policy: ");
    assertThat(set(admin, "resource-policy", "{\"policy\":\"" + base64url("package") + "\"}"))
        .contains("/PolicyEngineError", "Failed to load policy: ");
    assertThat(set(admin, "attestation-policy", "{\"policy_id\":\"default_cpu\",\"policy\":\"?\"}"))
        .contains("Attestation error: Set Attestation Policy failed");

    String payload = Base64.getEncoder().encodeToString(bytes("{\"svn\":[\"1\"]}"));
    assertThat(
            set(
                admin,
                "reference-value",
                "{\"version\":\"0.1.0\",\"type\":\"sample\",\"payload\":\"" + payload + "\"}"))
        .isEmpty();
    assertThat(text(admin.get("/kbs/v0/reference-value/svn"))).isEqualTo("[\"1\"]");
    assertThat(text(admin.get("/kbs/v0/reference-value/a/b")))
        .contains(
            "RVPS configuration failed: Failed to get reference_values: No reference value found"
                + " for the given id: a/b");
    assertThat(set(admin, "reference-value", "{\"type\":\"rim\",\"payload\":\"\"}"))
        .contains("Could not find extractor for rim");
  }

  @Test
  void aTokenSignedByTheKeyInItsOwnHeaderIsRefusedWhereAnchorsAreConfigured() throws Exception {
    ECKey attacker = attacker();
    String forged = Tokens.selfMade(attacker, Tokens.payload(guest.handshake()));
    ECKey authority = attacker();
    broker.file(
        "/etc/ca.pem",
        Tokens.pem(
            Tokens.certificate(
                "ca", authority.toECPublicKey(), "ca", authority.toECPrivateKey(), true)));
    broker.config(
        TestBroker.PERMISSIVE.replace(
            "insecure_header_jwk = true", "trusted_certs_paths = [\"/etc/ca.pem\"]"));
    broker.restart();
    TestGuest thief = new TestGuest(broker.url());
    thief.bearer = Optional.of("Bearer " + forged);

    assertError(thief.resource("default/key/1"), 401, "TokenVerifierError", "Token Verifier error");
    assertThat(broker.logText()).contains("No x5c extension inside JWK");
  }

  @Test
  void aTokenSignedByTheKeyInItsOwnHeaderIsBelievedWhereTheConfigurationSaysSo() throws Exception {
    String forged = Tokens.selfMade(attacker(), Tokens.payload(guest.handshake()));
    guest.cookie = Optional.empty();
    guest.bearer = Optional.of("Bearer " + forged);

    assertThat(guest.open(guest.resource("default/key/1"))).isEqualTo(bytes(SECRET));
  }

  @Test
  void theOldSpellingOfTheInsecureSwitchIsNoAlias() throws Exception {
    broker.close();
    TestBroker old = new TestBroker(root);
    old.config(TestBroker.PERMISSIVE.replace("insecure_header_jwk", "insecure_key"));
    try (old) {
      assertThat(old.exitCode()).isEqualTo(1);
      assertThat(old.logText())
          .contains("Error: Cannot verify token since no trusted verification materials");
    }
  }

  @Test
  void wrongReferenceValuesStillGiveATokenThatIsNotAffirming() throws Exception {
    broker.referenceValues(Map.of("launch_digest", JsonNodeFactory.instance.arrayNode().add("00")));
    guest.auth();
    HttpResponse<byte[]> attested = guest.attest();

    assertThat(attested.statusCode()).isEqualTo(200);
    assertThat(guest.resource("default/key/1").statusCode()).isEqualTo(200);
    broker.resourcePolicy(
        """
        package policy
        default allow := false
        allow if input.submods.cpu0["ear.status"] == "affirming"
        """);
    assertError(guest.resource("default/key/1"), 401, "PolicyDeny", "Access denied by policy");
  }

  private static ECKey attacker() throws Exception {
    return new ECKeyGenerator(Curve.P_256).algorithm(JWSAlgorithm.ES256).generate();
  }

  private static String set(TestGuest admin, String endpoint, String body) throws Exception {
    return text(admin.send("POST", "/kbs/v0/" + endpoint, bytes(body)));
  }

  private static String base64url(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
