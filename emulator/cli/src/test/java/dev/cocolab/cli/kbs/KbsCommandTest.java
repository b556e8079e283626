package dev.cocolab.cli.kbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.CommandScreen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KbsCommandTest {
  private static final String INITDATA =
      "algorithm = \"sha384\"\nversion = \"0.1.0\"\n[data]\n\"a\" = \"b\"\n";
  private static final String SECRET = Base64.getEncoder().encodeToString("secret".getBytes(UTF_8));

  @TempDir private static Path folder;
  private static RunningBroker broker;

  @BeforeAll
  static void start() throws IOException {
    broker =
        new RunningBroker(
            folder,
            "sockets = [\"127.0.0.1:0\"]\ninsecure_http = true",
            "--roots",
            "vendor",
            "--profile",
            "upstream");
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    CommandScreen set =
        broker.kbs(
            0, "config", "set-resource", "--path", "default/key/1", "--resource-file", "" + secret);
    assertThat(set.out().lines()).containsExactly("Set resource success ", " resource: " + SECRET);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static JsonNode claims(String token) {
    return json(new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), UTF_8))
        .path("submods")
        .path("cpu0")
        .path("ear.veraison.annotated-evidence");
  }

  private static void allowAll() {
    broker.kbs(0, "config", "set-resource-policy", "--allow-all");
  }

  private static Path pem(String name, String label, byte[] der) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----\n%s\n-----END %1$s-----\n"
            .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)));
  }

  @Test
  void theDefaultPolicyRefusesSampleEvidenceAndSaysWhy() {
    broker.kbs(0, "config", "set-resource-policy", "--default");
    CommandScreen screen = broker.kbs(1, "get-resource", "--path", "default/key/1");
    assertThat(screen.err()).contains("is refused: PolicyDeny: Access denied by policy");
    assertThat(screen.out()).isEmpty();
    broker.kbs(0, "config", "set-resource-policy", "--affirming");
    assertThat(broker.kbs(1, "get-resource", "--path", "default/key/1").err())
        .contains("PolicyDeny");
  }

  @Test
  void everyKindOfKeyOpensTheAnswer() throws IOException, GeneralSecurityException {
    allowAll();
    assertThat(broker.kbs(0, "get-resource", "--path", "default/key/1").out().strip())
        .isEqualTo(SECRET);
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    for (String curve : new String[] {"secp256r1", "secp521r1"}) {
      ec.initialize(new ECGenParameterSpec(curve));
      Path key = pem(curve, "PRIVATE KEY", ec.generateKeyPair().getPrivate().getEncoded());
      assertThat(read("--tee-key-file", key.toString())).isEqualTo(SECRET);
    }
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    byte[] pkcs8 = rsa.generateKeyPair().getPrivate().getEncoded();
    assertThat(read("--tee-key-file", pem("rsa8", "PRIVATE KEY", pkcs8).toString()))
        .isEqualTo(SECRET);
    // The header of 26 bytes is that of PKCS#8 around a key of 2048 bits.
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
    Path old = pem("rsa1", "RSA PRIVATE KEY", pkcs1);
    assertThat(read("--tee-key-file", old.toString())).isEqualTo(SECRET);
    String token = broker.kbs(0, "attest", "--tee-key-file", old.toString()).out().strip();
    Path file = Files.writeString(folder.resolve("token"), token + "\n");
    assertThat(read("--attestation-token", file.toString(), "--tee-key-file", old.toString()))
        .isEqualTo(SECRET);
    Path other = folder.resolve("rsa-other");
    byte[] another = rsa.generateKeyPair().getPrivate().getEncoded();
    pem(other.getFileName().toString(), "PRIVATE KEY", another);
    assertThat(
            broker
                .kbs(
                    1,
                    "get-resource",
                    "--path",
                    "default/key/1",
                    "--attestation-token",
                    file.toString(),
                    "--tee-key-file",
                    other.toString())
                .err())
        .contains("cannot be opened");
  }

  private static String read(String... more) {
    String[] line =
        Arrays.copyOf(new String[] {"get-resource", "--path", "default/key/1"}, 3 + more.length);
    System.arraycopy(more, 0, line, 3, more.length);
    return broker.kbs(0, line).out().strip();
  }

  @Test
  void initdataIsSentAndBecomesAClaim() throws IOException {
    String token = json(broker.kbs(0, "attest", "--json", INITDATA).out()).path("token").asString();
    assertThat(claims(token).path("init_data_claims").path("a").asString()).isEqualTo("b");
    Path file = Files.writeString(folder.resolve("initdata.toml"), INITDATA);
    String again = broker.kbs(0, "attest", "--initdata-file", file.toString()).out().strip();
    assertThat(claims(again).path("init_data")).isEqualTo(claims(token).path("init_data"));
    assertThat(claims(broker.kbs(0, "attest").out().strip()).has("init_data_claims")).isFalse();
  }

  @Test
  void aTpmBindsTheInitdataThatItWasStartedWith() {
    String document = INITDATA.replace("sha384", "sha256");
    String token = broker.kbs(0, "attest", "--tee", "tpm", document).out().strip();
    assertThat(claims(token).path("tpm").path("pcr08").asString()).hasSize(64);
    assertThat(claims(token).path("init_data_claims").path("a").asString()).isEqualTo("b");
  }

  @Test
  void emulatedHardwareIsRefusedByWhoTrustsTheVendors() {
    CommandScreen screen = broker.kbs(1, "get-resource", "--path", "default/key/1", "--tee", "snp");
    assertThat(screen.err()).contains("AttestationError");
    assertThat(screen.out()).isEmpty();
  }

  @Test
  void referenceValuesAreTextNumbersOrTruthInAListOrAlone() throws IOException {
    setValue("text", "1");
    assertThat(value("text")).isEqualTo("\"[\\\"1\\\"]\"");
    setValue("number", "-7", "--as-integer");
    assertThat(value("number")).isEqualTo("\"[-7]\"");
    setValue("truth", "true", "--as-bool", "--as-single-value");
    assertThat(value("truth")).isEqualTo("\"true\"");
    Path file = Files.writeString(folder.resolve("values.json"), "{\"a\":[\"1\"],\"b\":2}");
    broker.kbs(0, "config", "set-sample-reference-values", "--file", file.toString());
    assertThat(broker.kbs(0, "config", "get-reference-value", "--id", "a", "--json").out().strip())
        .isEqualTo("[\"1\"]");
    assertThat(broker.kbs(1, "config", "get-reference-value", "--id", "none").err())
        .contains("status 401", "No reference value found for the given id: none");
  }

  private static void setValue(String... more) {
    String[] line =
        Arrays.copyOf(new String[] {"config", "set-sample-reference-value"}, 2 + more.length);
    System.arraycopy(more, 0, line, 2, more.length);
    // A leading dash is a value here, not an option.
    assertThat(broker.kbs(0, line).out().strip()).isEqualTo("Reference Values Updated");
  }

  private static String value(String id) {
    return broker.kbs(0, "config", "get-reference-value", "--id", id).out().strip();
  }

  @Test
  void policiesAndResourcesAreSetListedAndDeleted() throws IOException {
    String rego = "package policy\n\ndefault allow = false\n";
    Path file = Files.writeString(folder.resolve("policy.rego"), rego);
    String sent = Base64.getEncoder().encodeToString(rego.getBytes(UTF_8));
    assertThat(
            broker
                .kbs(0, "config", "set-attestation-policy", "--policy-file", "" + file, "--id", "x")
                .out()
                .lines())
        .containsExactly("Set attestation policy success ", " policy: " + sent);
    assertThat(
            broker
                .kbs(0, "config", "set-resource-policy", "--policy-file", "" + file)
                .out()
                .lines())
        .containsExactly("Set resource policy success ", " policy: " + sent);
    assertThat(json(broker.kbs(0, "config", "get-resource-policy", "--json").out()).path("ids"))
        .hasToString("[\"resource-policy\"]");
    Path wrong = Files.writeString(folder.resolve("wrong.rego"), "package policy\nallow if");
    assertThat(broker.kbs(1, "config", "set-resource-policy", "--policy-file", "" + wrong).err())
        .contains("PolicyEngineError", "Request Failed, Response: ");
    broker.kbs(0, "config", "set-resource", "--path", "a/b/c", "--resource-file", "" + file);
    assertThat(broker.kbs(0, "config", "delete-resource", "--path", "a/b/c").out().strip())
        .isEqualTo("Delete resource success");
    assertThat(broker.kbs(1, "config", "delete-resource", "--path", "a/b/c").err())
        .contains("PluginInternalError");
  }

  @Test
  void anAdministratorSignsATokenWithTheRole() throws IOException, GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path file = pem("admin.pem", "PRIVATE KEY", pair.getPrivate().getEncoded());
    String token =
        new AdminToken(
                java.util.Optional.of("iss"),
                java.util.Optional.of("kbs"),
                java.util.Optional.of("admin"))
            .signed(
                dev.cocolab.cli.InputFile.read(file),
                java.time.Clock.fixed(java.time.Instant.EPOCH, java.time.ZoneOffset.UTC));
    String[] parts = token.split("\\.", -1);
    assertThat(new String(Base64.getUrlDecoder().decode(parts[0]), UTF_8))
        .isEqualTo("{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}");
    assertThat(new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8))
        .isEqualTo("{\"iss\":\"iss\",\"role\":\"admin\",\"aud\":[\"kbs\"],\"iat\":0,\"exp\":7200}");
    Signature check = Signature.getInstance("Ed25519");
    PublicKey known =
        KeyFactory.getInstance("Ed25519")
            .generatePublic(
                new java.security.spec.X509EncodedKeySpec(pair.getPublic().getEncoded()));
    check.initVerify(known);
    check.update((parts[0] + "." + parts[1]).getBytes(UTF_8));
    assertThat(check.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
  }

  @Test
  void wrongArgumentsAreUsageAndNameWhatIsWrong() throws IOException {
    assertThat(refused("kbs").err()).contains("name a COMMAND: attest, get-resource, config");
    assertThat(refused("kbs", "config").err()).contains("name a COMMAND: set-resource");
    assertThat(refused("kbs", "--url", "localhost", "attest").err()).contains("--url 'localhost'");
    assertThat(refused("kbs", "attest", "--tee", "sgx").err()).contains("--tee 'sgx' is none of");
    assertThat(refused("kbs", "attest", "no toml [").err()).contains("INITDATA: ");
    assertThat(refused("kbs", "get-resource").err()).contains("--path");
    Path text = Files.writeString(folder.resolve("text"), "text");
    assertThat(refused("kbs", "attest", "--tee-key-file", "" + text).err())
        .contains(text + ": no private key in PEM");
    assertThat(refused("kbs", "--cert-file", "" + text, "attest").err()).contains("" + text);
    assertThat(
            refused("kbs", "get-resource", "--path", "a/b/c", "--attestation-token", "" + text)
                .err())
        .contains("--attestation-token needs --tee-key-file");
    assertThat(refused("kbs", "config", "set-resource-policy").err()).contains("--policy-file");
    assertThat(
            refused("kbs", "config", "set-sample-reference-value", "a", "x", "--as-integer").err())
        .contains("VALUE 'x' is no integer of 32 bits");
    assertThat(
            refused(
                    "kbs",
                    "config",
                    "--auth-private-key",
                    "" + text,
                    "delete-resource",
                    "--path",
                    "a/b/c")
                .err())
        .contains(text + ": no Ed25519 private key");
  }

  private static CommandScreen refused(String... line) {
    CommandScreen screen = new CommandScreen(folder);
    assertThat(screen.run(line)).as(screen.err()).isEqualTo(2);
    assertThat(screen.out()).isEmpty();
    return screen;
  }

  @Test
  void nobodyThereIsAnotherExitCode() {
    CommandScreen screen = new CommandScreen(folder);
    assertThat(screen.run("kbs", "--url", "http://127.0.0.1:1", "get-resource", "--path", "a/b/c"))
        .isEqualTo(4);
    assertThat(screen.err()).contains("http://127.0.0.1:1/", "with --url");
  }
}
