package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Attestation.InitDataText;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The plugins other than {@code resource}, over HTTP. */
class PluginTest {
  private static final String OPEN =
      TestBroker.PERMISSIVE.replace("\"DenyAll\"", "\"InsecureAllowAll\"");
  private static final String SAMPLE = "\n[[plugins]]\nname = \"sample\"\nitem = \"item1\"\n";
  private static final String PROVISIONER = "\n[[plugins]]\nname = \"provisioner\"\n";
  private static final String VM = "{\"vm_name\":\"vm1\"}";

  /** Version 5 UUID of {@code default/vm1} as another implementation makes it. */
  private static final String UUID = "78b1edaf-eba1-5733-85cc-baaa1810211c";

  private static final String KEY_PATH = "/kbs/v0/provisioner/default/" + UUID + "/root";

  @TempDir Path root;
  private TestBroker broker;

  @AfterEach
  void stop() {
    broker.close();
  }

  private TestGuest start(String config) throws Exception {
    broker = new TestBroker(root).config(config);
    broker.resourcePolicy("package policy\nallow := true\n").start();
    return new TestGuest(broker.url());
  }

  private static HttpResponse<byte[]> post(TestGuest guest, String path, String body)
      throws Exception {
    return guest.send("POST", path, body.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void samplePluginAnswersAdministratorsInPlain() throws Exception {
    TestGuest guest = start(OPEN + SAMPLE);

    for (String method : new String[] {"GET", "POST", "PUT", "DELETE"}) {
      HttpResponse<byte[]> answer = guest.send(method, "/kbs/v0/sample/any/path", new byte[0]);
      assertThat(answer.statusCode()).as(method).isEqualTo(200);
      assertThat(text(answer)).isEqualTo("sample plugin response");
      assertThat(answer.headers().firstValue("content-type")).contains("text/xml");
    }
  }

  @Test
  void samplePluginRefusesWhoIsNoAdministratorEvenWhenAttested() throws Exception {
    TestGuest guest = start(TestBroker.PERMISSIVE + SAMPLE);
    guest.handshake();

    HttpResponse<byte[]> answer = guest.get("/kbs/v0/sample");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(text(answer)).contains("AdminAuthInitialization");
  }

  @Test
  void pluginsThatAreNotConfiguredAreNotThere() throws Exception {
    TestGuest guest = start(OPEN);

    for (String name : new String[] {"sample", "provisioner", "nebula-ca", "pkcs11", "external"}) {
      HttpResponse<byte[]> answer = guest.get("/kbs/v0/" + name + "/x");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(text(answer)).contains("Plugin " + name + " not found");
    }
  }

  @Test
  void provisioningTwiceGivesTheSameMachineAndKeepsItsKey() throws Exception {
    TestGuest guest = start(OPEN + PROVISIONER);
    String first = text(post(guest, "/kbs/v0/provisioner/provision", VM));
    String key = fetched(guest);

    String second = text(post(guest, "/kbs/v0/provisioner/provision", VM));

    assertThat(first)
        .isEqualTo("{\"uuid\":\"" + UUID + "\",\"resource_path\":\"default/" + UUID + "/root\"}")
        .isEqualTo(second);
    assertThat(fetched(guest)).isEqualTo(key);
    assertThat(key)
        .matches(
            """
            version = "0\\.1\\.0"

            \\[data\\]
            "io\\.cryptsetup\\.key\\.text\\.root" = "[A-Za-z0-9]{32}"
            """);
    assertThat(text(post(guest, "/kbs/v0/provisioner/provision", namespaced("default"))))
        .isEqualTo(first);
    assertThat(text(post(guest, "/kbs/v0/provisioner/provision", namespaced("other"))))
        .isNotEqualTo(first);
  }

  private static String namespaced(String namespace) {
    return "{\"vm_name\":\"vm1\",\"namespace\":\"" + namespace + "\"}";
  }

  private String fetched(TestGuest guest) throws Exception {
    bind(guest, "kbs+provisioner:///default/" + UUID + "/root");
    return new String(guest.open(guest.get(KEY_PATH)), StandardCharsets.UTF_8);
  }

  private static void bind(TestGuest guest, String resource) throws Exception {
    guest.initData =
        Optional.of(
            new InitDataText(
                "toml",
                """
                version = "0.1.0"
                algorithm = "sha256"
                [data]
                "trustee.kbs.resource" = "%s"
                """
                    .formatted(resource)));
    guest.handshake();
  }

  @Test
  void theKeyIsForTheMachineOnlyThatItsInitdataNames() throws Exception {
    TestGuest guest = start(OPEN + PROVISIONER);
    post(guest, "/kbs/v0/provisioner/provision", VM);

    guest.handshake();
    assertThat(text(guest.get(KEY_PATH))).contains("PluginInternalError");
    assertThat(broker.logText()).contains("provisioner requires init_data for resource access");

    bind(guest, "kbs+provisioner:///default/other/root");
    assertThat(guest.get(KEY_PATH).statusCode()).isEqualTo(401);
    assertThat(broker.logText())
        .contains("init_data resource mismatch: expected kbs+provisioner:///default/" + UUID);

    guest.initData =
        Optional.of(
            new InitDataText("toml", "version=\"0.1.0\"\nalgorithm=\"sha256\"\n[data]\nx=\"y\"\n"));
    guest.handshake();
    assertThat(guest.get(KEY_PATH).statusCode()).isEqualTo(401);
    assertThat(broker.logText()).contains("init_data missing trustee.kbs.resource");
  }

  @Test
  void aForgottenKeyIsGoneAndForgettingAgainIsFine() throws Exception {
    TestGuest guest = start(OPEN + PROVISIONER);
    post(guest, "/kbs/v0/provisioner/provision", VM);
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> answer =
          guest.send("DELETE", "/kbs/v0/provisioner/provision/" + UUID, new byte[0]);
      assertThat(text(answer)).isEqualTo("{\"status\":\"deleted\"}");
    }

    bind(guest, "kbs+provisioner:///default/" + UUID + "/root");
    assertThat(guest.get(KEY_PATH).statusCode()).isEqualTo(401);
    assertThat(broker.logText()).contains("provisioner resource not found: default/" + UUID);
  }

  @Test
  void whatTheProvisionerDoesNotUnderstandIsRefusedWithTheReasonInTheLog() throws Exception {
    TestGuest guest = start(OPEN + PROVISIONER);

    assertThat(post(guest, "/kbs/v0/provisioner/provision", "{}").statusCode()).isEqualTo(401);
    assertThat(broker.logText()).contains("needs the string `vm_name`");
    assertThat(post(guest, "/kbs/v0/provisioner/provision", "{").statusCode()).isEqualTo(401);
    assertThat(broker.logText()).contains("invalid JSON body");
    assertThat(post(guest, "/kbs/v0/provisioner/other", VM).statusCode()).isEqualTo(401);
    assertThat(broker.logText()).contains("unsupported: POST /kbs/v0/provisioner/other");
    assertThat(guest.send("DELETE", "/kbs/v0/provisioner/provision", new byte[0]).statusCode())
        .isEqualTo(401);
    assertThat(broker.logText()).contains("missing uuid in path");
  }

  @Test
  void provisioningNeedsAnAdministrator() throws Exception {
    TestGuest guest = start(TestBroker.PERMISSIVE + PROVISIONER);

    assertThat(text(post(guest, "/kbs/v0/provisioner/provision", VM)))
        .contains("AdminAuthInitialization");
  }

  private static final String NEBULA =
      """

      [[plugins]]
      name = "nebula-ca"
      work_dir = "/nebula"
      [plugins.ca_config]
      name = "lab"
      duration = "20h"
      """;

  @Test
  void nebulaGivesAttestedNodesKeyAndCertificateEncrypted() throws Exception {
    TestGuest guest = start(TestBroker.PERMISSIVE + NEBULA);
    String path = "/kbs/v0/nebula-ca/credential?name=pod1&ip=10.0.0.1/8&groups=server,ssh";
    assertThat(text(guest.get(path))).contains("TokenNotFound");
    guest.handshake();

    HttpResponse<byte[]> answer = guest.get(path);

    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    JsonNode credential = JsonMapper.shared().readTree(guest.open(answer));
    assertThat(credential.propertyNames()).containsExactly("node_crt", "node_key", "ca_crt");
    assertThat(file(credential, "node_crt")).startsWith("-----BEGIN NEBULA CERTIFICATE-----\n");
    assertThat(file(credential, "node_key"))
        .startsWith("-----BEGIN NEBULA X25519 PRIVATE KEY-----\n");
    assertThat(file(credential, "ca_crt"))
        .isEqualTo(Files.readString(root.resolve("nebula/ca/ca.crt")));
    assertThat(broker.logText()).doesNotContain("PRIVATE KEY");
    assertThat(Files.getPosixFilePermissions(root.resolve("nebula/ca/ca.key"))).hasSize(2);
    broker.restart();
    TestGuest later = new TestGuest(broker.url());
    later.handshake();
    assertThat(file(JsonMapper.shared().readTree(later.open(later.get(path))), "ca_crt"))
        .isEqualTo(file(credential, "ca_crt"));
  }

  private static String file(JsonNode credential, String member) {
    StringBuilder out = new StringBuilder();
    credential.path(member).forEach(one -> out.append((char) one.intValue()));
    return out.toString();
  }

  @Test
  @DisplayName("upstream: test_credential_service_params")
  void nebulaRefusesWhatItDoesNotUnderstandWithTheReasonInTheLog() throws Exception {
    TestGuest guest = start(TestBroker.PERMISSIVE + NEBULA);
    guest.handshake();
    String credential = "/kbs/v0/nebula-ca/credential";

    for (String[] one :
        new String[][] {
          {"GET", credential + "?name=pod1", "missing field `ip`"},
          {"GET", credential + "?ip=1.2.3.4/21", "missing field `name`"},
          {"GET", credential + "?name=pod1&ip=1.2", "invalid ip: invalid CIDR address: 1.2"},
          {"GET", credential + "?name=pod1&ip=1.2.3.4/21&duration=21h", "expires after signing"},
          {"POST", credential + "?name=pod1&ip=1.2.3.4/21", "Only GET is supported"},
          {"GET", "/kbs/v0/nebula-ca/other?name=pod1", "other not supported"},
          {"GET", credential + "/more", "Only one path segment is supported"}
        }) {
      HttpResponse<byte[]> answer = guest.send(one[0], one[1], new byte[0]);
      assertThat(answer.statusCode()).as(one[1]).isEqualTo(401);
      assertThat(text(answer)).contains("Plugin internal error");
      assertThat(broker.logText()).contains(one[2]);
    }
  }

  @Test
  void pluginsThatAreNotEmulatedAreRefusedAtStartWithTheReason() throws Exception {
    for (String[] one :
        new String[][] {
          {"name = \"pkcs11\"", "plugin `pkcs11` is not there: it needs a hardware security"},
          {"name = \"external\"", "plugin `external` is not there: this broker speaks no gRPC"},
          {"name = \"sample\"", "missing configuration field \"plugins.item\""},
          {"name = \"provisioner\"\nkey_length = 0", "`plugins.key_length` must be from 1"},
          {"name = \"nebula-ca\"\n[plugins.ca_config]\ncurve = \"P256\"", "curve"},
          {"name = \"x\"", "`plugins.name = \"x\"` is not supported"}
        }) {
      broker = new TestBroker(root).config(OPEN + "\n[[plugins]]\n" + one[0] + "\n");
      assertThat(broker.exitCode()).isEqualTo(1);
      assertThat(broker.logText()).contains(one[1]);
      broker.close();
    }
  }

  /** Every answer has an id, which leads to what the journal knows. */
  @Test
  void requestIdsAreOnEveryAnswerDifferentAndLeadToTheJournal() throws Exception {
    TestGuest guest = start(OPEN);
    broker.resource("default/key/1", new byte[] {1});
    HttpResponse<byte[]> auth = guest.auth();
    HttpResponse<byte[]> attest = guest.attest();
    HttpResponse<byte[]> granted = guest.resource("default/key/1");
    HttpResponse<byte[]> absent = guest.resource("default/key/2");
    HttpResponse<byte[]> unknown = guest.get("/kbs/v0/nothing");
    HttpResponse<byte[]> outside = guest.get("/elsewhere");
    HttpResponse<byte[]> method = guest.send("PATCH", "/kbs/v0/auth", new byte[0]);
    HttpResponse<byte[]> large = guest.send("POST", "/kbs/v0/auth", new byte[3 << 20]);
    HttpResponse<byte[]> metrics = guest.get("/metrics");

    assertThat(
            Stream.of(auth, attest, granted, absent, unknown, outside, method, large, metrics)
                .map(PluginTest::id)
                .distinct())
        .hasSize(9)
        .doesNotContain("");
    assertThat(broker.journal.appraisal(id(attest)).orElseThrow().accepted()).isTrue();
    assertThat(broker.journal.access(id(granted)).orElseThrow().granted()).isTrue();
    assertThat(broker.journal.explain(id(absent)).orElseThrow().decision()).isEqualTo("denied");
    assertThat(broker.journal.explain(id(attest)).orElseThrow().decision()).isNotEqualTo("denied");
    assertThat(broker.journal.explain(id(auth))).isEmpty();
  }

  private static String id(HttpResponse<byte[]> answer) {
    return answer.headers().firstValue("x-cocolab-request-id").orElse("");
  }

  /** A policy may put what it likes into the token, but not into what the journal shows. */
  @Test
  void anExtensionNamedAsTheEvidenceDoesNotChangeTheJournal() throws Exception {
    TestGuest guest = start(OPEN);
    broker.attestationPolicy(
        """
        package policy
        trust_claims := {"hardware": 2}
        extensions := [{
          "name": "ear.veraison.annotated-evidence", "key": 7, "value": {"sample": {"svn": "9"}}
        }]
        """);

    String token = guest.handshake();

    JsonNode journal = broker.journal.appraisals().get(0).submods().get(0).claims();
    assertThat(journal.at("/sample/svn").asString()).isEqualTo("1");
    assertThat(journal.at("/runtime_data_claims/nonce").asString()).isEqualTo(guest.nonce);
    JsonNode cpu = Tokens.payload(token).at("/submods/cpu0");
    assertThat(cpu.path("ear.veraison.annotated-evidence"))
        .isEqualTo(JsonMapper.shared().readTree("{\"sample\":{\"svn\":\"9\"}}"));
  }
}
