package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.guest.GuestException.Reason;
import dev.cocolab.image.CosignSignature;
import dev.cocolab.image.Digest;
import dev.cocolab.image.ImageException;
import dev.cocolab.image.ImageReference;
import dev.cocolab.image.RegistryServer;
import dev.cocolab.protocol.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pulls in the guest: the policy from the broker, the registry behind it, and the texts of events.
 */
class GuestImageTest {

  private static final String IMAGE = "quay.io/confidential-devhub/signed/unsigned-image:latest";
  private static final String POLICY_URI =
      "image_security_policy_uri = 'kbs:///default/trustee-image-policy/policy'\n";
  private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";
  private static final String TAIL =
      ", details: [], special_fields: SpecialFields { unknown_fields: UnknownFields { fields: None }, cached_size:"
          + " CachedSize { size: 0 } } }";

  @TempDir Path directory;
  private GuestFixture fixture;
  private RegistryServer registry;

  @BeforeEach
  void start() throws Exception {
    fixture = new GuestFixture(directory);
    registry =
        RegistryServer.start(
            fixture.vertx,
            InetAddress.getLoopbackAddress(),
            Optional.of(fixture.authority.identity()));
    fixture.hosts.put("quay.io", registry.address());
    registry.load(
        TestImage.layout(
            Files.createDirectory(directory.resolve("layout")), PLAIN, "hello", "world"),
        ImageReference.parse(IMAGE));
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(fixture.broker.problems).isEmpty();
    fixture.assertNoSecretsIn(fixture.log);
    registry.close();
    fixture.close();
  }

  private GuestVm boot(String keys) {
    String roots =
        "extra_root_certificates = [\"\"\"\n"
            + fixture.authority.identity().certificatePem()
            + "\"\"\"]\n";
    return fixture.bootWith("[image]\n" + keys + roots, "");
  }

  private void policy(String json) {
    fixture.broker.resources.put(
        "default/trustee-image-policy/policy", json.getBytes(StandardCharsets.UTF_8));
  }

  private static String scoped(String type) {
    return "{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{\"quay.io/confidential-devhub/signed\":[{\"type\":\""
        + type
        + "\",\"keyPath\":\"kbs:///default/conf-devhub-signature/pub-key\"}]}}}";
  }

  @Test
  void theFirstPullFetchesThePolicyAfterAttestationAndLaterOnesDoNot() {
    policy(scoped("insecureAcceptAnything"));
    try (GuestVm guest = boot(POLICY_URI)) {
      assertThat(guest.pullImage(IMAGE).layers().get(0).resolve("hello")).hasContent("world");
      assertThat(fixture.broker.log)
          .containsExactly(
              "POST /kbs/v0/auth",
              "POST /kbs/v0/attest",
              "GET /kbs/v0/resource/default/trustee-image-policy/policy");

      policy("{\"default\":[{\"type\":\"reject\"}],\"transports\":{}}");
      assertThat(guest.pullImage(IMAGE).config().env()).containsExactly("A=b");
      assertThat(fixture.broker.log).hasSize(3);
    }
    assertThat(fixture.log).anyMatch(line -> line.contains("not measured: NOT_ENABLED"));
  }

  @Test
  void simpleSigningIsRefusedByName() {
    String type = "signedBy";
    policy(scoped(type));
    try (GuestVm guest = boot(POLICY_URI)) {
      GuestException e = refusal(guest, IMAGE);
      assertThat(e.reason()).isEqualTo(Reason.IMAGE_PULL);
      assertThat(e.eventText())
          .startsWith(
              "Error: CreateContainer failed: rpc status: Status { code: INTERNAL, message: \"[CDH] [ERROR]: Image Pull"
                  + " error: Failed to pull image "
                  + IMAGE
                  + " from all mirror/mapping locations or original location: image: "
                  + IMAGE
                  + ", error: Image policy rejected: Denied by policy: rejected by `"
                  + type
                  + "` rule")
          .endsWith("\"" + TAIL);
    }
    assertThat(directory.resolve("images/layers")).isEmptyDirectory();
  }

  private static final String REJECTED_BY_SIGNATURE =
      "Error: CreateContainer failed: rpc status: Status { code: INTERNAL, message: \"[CDH] [ERROR]: Image Pull"
          + " error: Failed to pull image "
          + IMAGE
          + " from all mirror/mapping locations or original location: image: "
          + IMAGE
          + ", error: Image policy rejected: Denied by policy: rejected by `sigstoreSigned` rule\""
          + TAIL;

  private void publicKey(KeyPair keys) {
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(keys.getPublic().getEncoded());
    fixture.broker.resources.put(
        "default/conf-devhub-signature/pub-key",
        ("-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private void sign(KeyPair keys) throws IOException {
    JsonNode index =
        JsonMapper.shared().readTree(Files.readAllBytes(directory.resolve("layout/index.json")));
    Digest digest = Digest.parse(index.path("manifests").path(0).path("digest").asString());
    registry.attach(
        CosignSignature.sign(
            ImageReference.parse(IMAGE), digest, keys.getPrivate(), new SecureRandom()));
  }

  @Test
  void aSignedImageIsPulledAfterThePolicyAndThenTheKeyEachOnceForAVm() throws Exception {
    KeyPair keys = keys();
    policy(scoped("sigstoreSigned"));
    publicKey(keys);
    try (GuestVm guest = boot(POLICY_URI)) {
      assertThat(refusal(guest, IMAGE).eventText()).isEqualTo(REJECTED_BY_SIGNATURE);
      sign(keys);
      assertThat(guest.pullImage(IMAGE).layers()).hasSize(1);
      guest.pullImage(IMAGE);
    }
    assertThat(fixture.broker.log.stream().filter(line -> line.startsWith("GET")))
        .containsExactly(
            "GET /kbs/v0/resource/default/trustee-image-policy/policy",
            "GET /kbs/v0/resource/default/conf-devhub-signature/pub-key");
  }

  @Test
  void anUnsignedImageIsRefusedWithTheExactTextAndTheLogSaysWhy() throws Exception {
    policy(scoped("sigstoreSigned"));
    publicKey(keys());
    try (GuestVm guest = boot(POLICY_URI)) {
      GuestException e = refusal(guest, IMAGE);
      assertThat(e.reason()).isEqualTo(Reason.IMAGE_PULL);
      assertThat(e.eventText()).isEqualTo(REJECTED_BY_SIGNATURE);
      assertThat(e).hasMessageContaining("there is no signature");
      assertCause(e, ImageException.Reason.SIGNATURE_MISSING);
    }
    assertThat(fixture.log).anyMatch(line -> line.contains("SIGNATURE_MISSING: there is no"));
    assertThat(directory.resolve("images/layers")).isEmptyDirectory();
  }

  @Test
  void anImageThatAnotherKeySignedIsRefusedWithTheSameText() throws Exception {
    policy(scoped("sigstoreSigned"));
    publicKey(keys());
    sign(keys());
    try (GuestVm guest = boot(POLICY_URI)) {
      GuestException e = refusal(guest, IMAGE);
      assertThat(e.eventText()).isEqualTo(REJECTED_BY_SIGNATURE);
      assertCause(e, ImageException.Reason.SIGNATURE_NOT_BY_KEY);
    }
  }

  @Test
  void aKeyThatTrusteeWithholdsReadsTheSameAndIsAskedForAgain() throws Exception {
    KeyPair keys = keys();
    policy(scoped("sigstoreSigned"));
    sign(keys);
    try (GuestVm guest = boot(POLICY_URI)) {
      GuestException e = refusal(guest, IMAGE);
      assertThat(e.eventText()).isEqualTo(REJECTED_BY_SIGNATURE);
      assertThat(e).hasMessageContaining("kbs:///default/conf-devhub-signature/pub-key");
      assertCause(e, ImageException.Reason.KEY_UNAVAILABLE);

      publicKey(keys);
      assertThat(guest.pullImage(IMAGE).layers()).hasSize(1);
    }
  }

  @Test
  void aPolicyInsideTheInitdataIsUsedWithoutAskingTrustee() throws Exception {
    try (GuestVm guest =
        boot(
            "image_security_policy = '{\"default\":[{\"type\":\"sigstoreSigned\",\"keyData\":\"none\"}],\"transports\":{}}'\n")) {
      assertCause(refusal(guest, IMAGE), ImageException.Reason.SIGNATURE_MISSING);
    }
    assertThat(fixture.broker.log).isEmpty();
  }

  private static void assertCause(GuestException e, ImageException.Reason reason) {
    assertThat(e.getCause())
        .isInstanceOfSatisfying(
            ImageException.class, cause -> assertThat(cause.reason()).isEqualTo(reason));
  }

  @Test
  void theDefaultRejectsWithTheExactTextOfTheEvent() {
    policy("{\"default\":[{\"type\":\"reject\"}],\"transports\":{}}");
    try (GuestVm guest = boot(POLICY_URI)) {
      assertThat(refusal(guest, IMAGE).eventText())
          .isEqualTo(
              "Error: CreateContainer failed: rpc status: Status { code: INTERNAL, message: \"[CDH] [ERROR]: Image Pull"
                  + " error: Failed to pull image "
                  + IMAGE
                  + " from all mirror/mapping locations or original location: image: "
                  + IMAGE
                  + ", error: Image policy rejected: Denied by policy: Policy `reject` rejects image "
                  + IMAGE
                  + "\""
                  + TAIL);
    }
  }

  @Test
  void anUnreachablePolicyIsAnImageClientErrorAndIsTriedAgainAtTheNextPull() {
    try (GuestVm guest = boot(POLICY_URI)) {
      GuestException e = refusal(guest, IMAGE);
      assertThat(e.reason()).isEqualTo(Reason.IMAGE_CLIENT);
      assertThat(e.eventText())
          .isEqualTo(
              "Error: CreateContainer failed: rpc status: Status { code: INTERNAL, message: \"[CDH] [ERROR]: Image Client"
                  + " error: Initialize resource provider failed: Get resource failed: ttrpc request error\""
                  + TAIL);
      assertThat(e).hasMessageContaining(GuestFixture.URL);

      policy(scoped("insecureAcceptAnything"));
      assertThat(guest.pullImage(IMAGE).layers()).hasSize(1);
    }
  }

  @Test
  void theUpstreamProfileShowsTheMessageAlone() {
    fixture.profile = Profile.upstream();
    policy("nonsense");
    try (GuestVm guest = boot(POLICY_URI)) {
      assertThat(refusal(guest, IMAGE).eventText())
          .isEqualTo(
              "Error: CreateContainer failed: [CDH] [ERROR]: Image Client error: Initialize signature validator failed:"
                  + " Invalid image policy file");
    }
  }

  @Test
  void registryCredentialsComeFromTheBrokerAndNeverFallBackToAnonymous() throws Exception {
    policy(scoped("insecureAcceptAnything"));
    String uri = "authenticated_registry_credentials_uri = 'kbs:///default/credential/test'\n";
    registry.protect("quay.io/confidential-devhub", "u", "p");
    try (GuestVm guest = boot(uri + POLICY_URI)) {
      assertThat(refusal(guest, IMAGE).eventText())
          .contains("Image Client error: Initialize resource provider failed: Get resource failed");
      assertThat(fixture.broker.log)
          .doesNotContain("GET /kbs/v0/resource/default/trustee-image-policy/policy");

      fixture.broker.resources.put(
          "default/credential/test", "{}".getBytes(StandardCharsets.UTF_8));
    }
    try (GuestVm guest = boot(uri + POLICY_URI)) {
      assertThat(refusal(guest, IMAGE).eventText())
          .contains("Initialize auth module failed: Invalid registry auth file");
    }
    fixture.broker.resources.put(
        "default/credential/test", "{\"auths\":{}}".getBytes(StandardCharsets.UTF_8));
    try (GuestVm guest = boot(uri + POLICY_URI)) {
      assertThat(refusal(guest, IMAGE).eventText())
          .contains(
              "Errors happened when pulling image: failed to pull image manifest: Not authorized: url https://quay.io/v2/");
    }
    fixture.broker.resources.put(
        "default/credential/test",
        "{\"auths\":{\"quay.io\":{\"auth\":\"dTpw\"}}}".getBytes(StandardCharsets.UTF_8));
    try (GuestVm guest = boot(uri + POLICY_URI)) {
      assertThat(guest.pullImage(IMAGE).layers()).hasSize(1);
    }
  }

  @Test
  void otherFailuresHaveTheTextsOfTheImageClient() throws Exception {
    registry.load(
        TestImage.layout(
            Files.createDirectory(directory.resolve("enc")), PLAIN + "+encrypted", "f", "x"),
        ImageReference.parse("quay.io/lab/enc:1"));
    registry.load(
        TestImage.layout(Files.createDirectory(directory.resolve("evil")), PLAIN, "../evil", "x"),
        ImageReference.parse("quay.io/lab/evil:1"));
    try (GuestVm guest = boot("")) {
      assertThat(refusal(guest, "quay.io/lab/none:1").eventText())
          .contains(
              "failed to pull image manifest: Registry error: url https://quay.io/v2/lab/none/manifests/1, envelope:");
      assertThat(refusal(guest, "quay.io/lab/enc:1").eventText())
          .contains(
              "Errors happened when pulling image: Failed to decode layer: unhandled media type: "
                  + PLAIN
                  + "+encrypted");
      assertThat(refusal(guest, "quay.io/lab/evil:1").eventText())
          .contains(
              "Failed to decode layer data stream: Failed to unpack layer: archive entry \\\"../evil\\\"");
      assertThat(refusal(guest, "quay.io/Bad").eventText())
          .contains("Image Pull error: Illegal image reference\"");
    }
    assertThat(fixture.broker.log).isEmpty();
    assertThat(fixture.log).anyMatch(line -> line.contains("no image security policy"));
  }

  @ParameterizedTest
  @CsvSource({
    "image_security_policy_uri = '/etc/policy.json', Initialize resource provider failed: Failed to read local file",
    "image_security_policy_uri = 'file:///etc/policy.json', Initialize resource provider failed: Failed to read local file",
    "image_security_policy_uri = 'https://x/y', Initialize resource provider failed: Resource URI scheme `https` not supported",
    "image_security_policy = '{}', Initialize signature validator failed: Invalid image policy file",
    "registry_configuration_uri = 'kbs:///a/b/c', [image.registry_configuration_uri] is not supported by CoCoLab"
  })
  void settingsThatCannotBeUsedAreNamed(String setting, String text) {
    try (GuestVm guest = boot(setting + "\n")) {
      GuestException e = refusal(guest, IMAGE);
      assertThat(e.reason()).isEqualTo(Reason.IMAGE_CLIENT);
      assertThat(e.eventText()).contains("[CDH] [ERROR]: Image Client error: ").contains(text);
    }
  }

  @Test
  void aMeasuredPullFailsWhereAzureRefusesTheRegister() {
    policy(scoped("insecureAcceptAnything"));
    String roots =
        "[image]\nextra_root_certificates = [\"\"\"\n"
            + fixture.authority.identity().certificatePem()
            + "\"\"\"]\n";
    String measured = fixture.agentToml() + "[eventlog_config]\nenable_eventlog = true\n";
    try (GuestVm guest =
        fixture.boot(Optional.of(GuestFixture.initdata(measured, fixture.hubToml(roots), "")))) {
      assertThat(refusal(guest, IMAGE).eventText())
          .contains(
              "[CDH] [ERROR]: Attestation Agent client error: failed to extend runtime measurement: ");
    }
    byte[] before = fixture.hardware.pcrs().value(23);
    String free = measured + "init_pcr = 23\n";
    try (GuestVm guest =
        fixture.boot(Optional.of(GuestFixture.initdata(free, fixture.hubToml(roots), "")))) {
      guest.pullImage(IMAGE);
    }
    assertThat(fixture.hardware.pcrs().value(23)).isNotEqualTo(before);
  }

  private static GuestException refusal(GuestVm guest, String image) {
    GuestException e = catchThrowableOfType(GuestException.class, () -> guest.pullImage(image));
    assertThat(e).isNotNull();
    return e;
  }
}
