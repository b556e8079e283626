package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Mode {@code AuthenticatedAuthorization}: who may do what, and in which words others are refused.
 */
class AdminAccessTest {
  private static final String PEM = "/etc/admin/kbs.pem";
  private static final String DENY_ALL = "[admin]\nauthorization_mode = \"DenyAll\"\n";
  private static final String BEARER =
      """
      [admin]
      authorization_mode = "AuthenticatedAuthorization"
      [admin.authentication.bearer_jwt]
      identity_providers = [ { issuer = "issuer", audience = "kbs", public_key_uri = "%s" } ]
      [admin.authorization.regex_acl]
      acls = [
        { role = "admin", allowed_endpoints = "^/kbs/.+$" },
        { role = "reader", allowed_endpoints = "^/kbs/v0/reference-value/[a-z]+$" },
      ]
      """;

  @TempDir Path root;
  private TestBroker broker;
  private KeyPair keys;

  @BeforeEach
  void makeKeys() throws GeneralSecurityException {
    keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    broker = new TestBroker(root);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private void start(String admin) throws Exception {
    broker.config(TestBroker.PERMISSIVE.replace(DENY_ALL, admin));
    broker.file(PEM, pem(keys));
    broker.start();
  }

  private static String pem(KeyPair keys) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  private ObjectNode claims(String role) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("iss", "issuer").put("aud", "kbs").put("role", role);
    return claims.put("exp", broker.clock.instant().getEpochSecond() + 300);
  }

  private String token(String algorithm, ObjectNode claims) {
    String input = part("{\"alg\":\"%s\"}".formatted(algorithm)) + "." + part(claims.toString());
    return input + "." + base64(signed(algorithm, input));
  }

  private static String part(String json) {
    return base64(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private byte[] signed(String algorithm, String input) {
    String name =
        switch (algorithm) {
          case "ES256" -> "SHA256withECDSAinP1363Format";
          case "RS256" -> "SHA256withRSA";
          default -> "Ed25519";
        };
    try {
      Signature signature = Signature.getInstance(name);
      signature.initSign(keys.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<String> call(String method, String path, String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(broker.url() + path))
            .method(method, BodyPublishers.ofString("content"));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> set(String authorization) throws IOException, InterruptedException {
    return call("POST", "/kbs/v0/resource/default/key/1", authorization);
  }

  private static String detail(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).path("detail").asString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EdDSA", "ES256", "RS256"})
  void aTokenOfTheProviderWithTheRoleOpensEveryEndpoint(String algorithm) throws Exception {
    if (algorithm.equals("ES256")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      keys = generator.generateKeyPair();
    } else if (algorithm.equals("RS256")) {
      keys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    }
    start(BEARER.formatted(PEM));
    String bearer = "Bearer " + token(algorithm, claims("admin"));

    assertThat(set(bearer).statusCode()).isEqualTo(200);
    assertThat(call("GET", "/kbs/v0/resource-policy", bearer).statusCode()).isEqualTo(200);
    assertThat(broker.log).anyMatch(line -> line.contains("Admin access granted for admin"));
    assertThat(String.join("\n", broker.log)).doesNotContain(bearer.substring(7, 40));
  }

  @Test
  void aKeyOfASetIsFoundByItsName() throws Exception {
    byte[] encoded = keys.getPublic().getEncoded();
    byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    broker.file(
        "/etc/admin/set.json",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"kid\":\"k\",\"x\":\"%s\"}]}"
            .formatted(base64(point)));
    start(
        BEARER
            .formatted(PEM)
            .replace("public_key_uri = \"" + PEM, "jwk_set_uri = \"file:///etc/admin/set.json"));
    String named =
        part("{\"alg\":\"EdDSA\",\"kid\":\"k\"}") + "." + part(claims("admin").toString());
    String unnamed = token("EdDSA", claims("admin"));

    assertThat(set("Bearer " + named + "." + base64(signed("EdDSA", named))).statusCode())
        .isEqualTo(200);
    assertThat(set("Bearer " + unnamed).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                  | Failed to parse HTTP Auth Bearer header",
        "Basic abc           | Failed to parse HTTP Auth Bearer header",
        "bearer TOKEN        | Failed to parse HTTP Auth Bearer header",
        "Bearer abc          | Admin access denied: Cannot verify token with any of the issuers",
        "Bearer TOKENx       | Admin access denied: Cannot verify token with any of the issuers",
      })
  void whatIsNoTokenIsRefusedInTrusteesWords(String header, String detail) throws Exception {
    start(BEARER.formatted(PEM));

    HttpResponse<String> answer = set(header.replace("TOKEN", token("EdDSA", claims("admin"))));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("/errors/AdminAuthInitialization\"");
    assertThat(detail(answer)).isEqualTo("failed to initialize [admin] configuration: " + detail);
  }

  private void assertUnverified(Consumer<ObjectNode> change) throws Exception {
    ObjectNode claims = claims("admin");
    change.accept(claims);
    HttpResponse<String> answer = set("Bearer " + token("EdDSA", claims));
    assertThat(answer.statusCode()).as("%s", claims).isEqualTo(401);
    assertThat(detail(answer))
        .endsWith("Admin access denied: Cannot verify token with any of the issuers");
  }

  @Test
  void aTokenForSomebodyElseOrPastItsEndIsRefused() throws Exception {
    start(BEARER.formatted(PEM));
    long now = broker.clock.instant().getEpochSecond();

    assertUnverified(claims -> claims.put("iss", "other"));
    assertUnverified(claims -> claims.remove("iss"));
    assertUnverified(claims -> claims.put("aud", "other"));
    assertUnverified(claims -> claims.putArray("aud").add("other"));
    assertUnverified(claims -> claims.put("exp", now - 61));
    assertUnverified(claims -> claims.remove("exp"));
    ObjectNode several = claims("admin");
    several.putArray("aud").add("other").add("kbs");
    several.put("exp", now - 59);
    assertThat(set("Bearer " + token("EdDSA", several)).statusCode()).isEqualTo(200);
  }

  @Test
  void anotherKeyAndNoAlgorithmAreRefused() throws Exception {
    start(BEARER.formatted(PEM));
    String none = part("{\"alg\":\"none\"}") + "." + part(claims("admin").toString()) + ".";
    assertThat(set("Bearer " + none).statusCode()).isEqualTo(401);
    keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    assertUnverified(claims -> {});
  }

  @Test
  void aTokenWithoutRoleIsRefusedByName() throws Exception {
    start(BEARER.formatted(PEM));
    ObjectNode claims = claims("admin");
    claims.remove("role");

    assertThat(detail(set("Bearer " + token("EdDSA", claims))))
        .endsWith(
            "Admin access denied: Failed to parse claims from token: AdminAccessDenied { reason:"
                + " \"Missing required `role` claim in JWT\" }");
  }

  @Test
  void aRoleMayDoWhatItsEntryAllowsAndNoMore() throws Exception {
    start(BEARER.formatted(PEM));
    String reader = "Bearer " + token("EdDSA", claims("reader"));

    assertThat(detail(call("GET", "/kbs/v0/reference-value/abc", reader)))
        .contains("No reference value found");
    HttpResponse<String> policy = call("GET", "/kbs/v0/resource-policy?a=b", reader);
    assertThat(policy.body()).contains("/errors/AdminAuthAccess\"");
    assertThat(detail(policy))
        .isEqualTo(
            "admin access denied for endpoint resource-policy: Admin access denied: Role reader"
                + " not allowed for path /kbs/v0/resource-policy?a=b");
    assertThat(detail(set("Bearer " + token("EdDSA", claims("Admin")))))
        .contains("Role Admin not allowed for path /kbs/v0/resource/default/key/1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "^/kbs/.+$ | ^/kbs/.+                | Admin Role regex must be anchored.",
        "^/kbs/.+$ | /kbs/.+$                | Admin Role regex must be anchored.",
        "^/kbs/.+$ | ^/kbs/($                | Failed to parse regex",
        "public_key_uri | key                | unknown field `key` in [admin.authentication.bearer_jwt.identity_providers]",
        "/etc/admin/kbs.pem | /etc/none.pem  | /etc/none.pem: No such file or directory",
        "public_key_uri = \"/etc/admin/kbs.pem\" | audience = \"a\" | identity_providers",
        "role = \"admin\" | roles = \"admin\" | unknown field `roles`",
        "regex_acl | acl                     | missing configuration field \"admin.authorization.regex_acl\"",
        "authorization_mode = | type =       | it is that of an older release",
        "AuthenticatedAuthorization | DenyAll | unknown field `authentication` in [admin]",
      })
  void aConfigurationThatCannotWorkIsRefusedAtTheStart(String from, String to, String named)
      throws Exception {
    String admin = BEARER.formatted(PEM).replace(", audience = \"kbs\"", "");
    assertThat(admin).contains(from);
    broker.config(TestBroker.PERMISSIVE.replace(DENY_ALL, admin.replace(from, to)));
    broker.file(PEM, pem(keys));

    assertThat(broker.exitCode()).isEqualTo(1);
    assertThat(broker.log).anyMatch(line -> line.startsWith("Error: ") && line.contains(named));
  }
}
