package dev.cocolab.image;

import static dev.cocolab.image.TestSignatures.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.PolicyRequirement.SigstoreSigned;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One good signature, and for each check what makes that check fail and no other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CosignVerifierTest {

  private static final ImageReference IMAGE = ImageReference.parse("quay.io/lab/app:1");
  private static final String PATH = "kbs:///default/k/pub";
  private static final SignedIdentity MATCH = new SignedIdentity.MatchRepository();

  private final Vertx vertx = Vertx.vertx();
  private final SecureRandom random = new SecureRandom();
  private final List<String> asked = new ArrayList<>();
  private RegistryServer registry;
  private RegistryClient client;
  private KeyPair keys;
  private KeyPair foreign;
  private Digest digest;
  private int images;

  @BeforeAll
  void start() throws GeneralSecurityException {
    registry = RegistryServer.start(vertx, InetAddress.getLoopbackAddress(), Optional.empty());
    client = client(registry.address());
    keys = TestSignatures.curve("secp256r1");
    foreign = TestSignatures.curve("secp256r1");
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    registry.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** Another image each time, so that no test finds the signature of an earlier one. */
  @BeforeEach
  void anotherImage() {
    digest = Digest.sha256(new byte[] {(byte) images++});
    asked.clear();
  }

  private RegistryClient client(InetSocketAddress address) {
    return new RegistryClient(
        RegistryClient.Options.https(vertx, (host, port) -> address, List.of())
            .withPlainHttp(true));
  }

  private void signed() {
    registry.attach(CosignSignature.sign(IMAGE, digest, keys.getPrivate(), random));
  }

  private byte[] payload() {
    return new CosignPayload(IMAGE.name(), digest.toString()).toJson();
  }

  private String signature(byte[] content) throws GeneralSecurityException {
    return TestSignatures.sign("SHA256withECDSA", keys.getPrivate(), content);
  }

  private void store(byte[] payload, String signature) {
    new TestSignatures().layer(payload, signature).store(registry, IMAGE, digest);
  }

  private void verify(SigstoreSigned requirement) {
    verify(requirement, client, TestSignatures.pem(keys.getPublic()));
  }

  private void verify(SigstoreSigned requirement, RegistryClient from, String pem) {
    KeySource source =
        location -> {
          asked.add(location);
          return bytes(pem);
        };
    Descriptor config = new Descriptor("application/json", digest, 0, Map.of());
    new CosignVerifier(from, source)
        .verify(requirement, IMAGE, new ImageManifest(digest, Optional.empty(), config, List.of()));
  }

  private static SigstoreSigned byPath() {
    return new SigstoreSigned(Optional.of(PATH), Optional.empty(), Optional.empty());
  }

  private static SigstoreSigned byPath(SignedIdentity identity) {
    return new SigstoreSigned(Optional.of(PATH), Optional.empty(), Optional.of(identity));
  }

  private ImageException refusal(SigstoreSigned requirement) {
    return refusal(requirement, client, TestSignatures.pem(keys.getPublic()));
  }

  private ImageException refusal(SigstoreSigned requirement, RegistryClient from, String pem) {
    ImageException e =
        catchThrowableOfType(ImageException.class, () -> verify(requirement, from, pem));
    assertThat(e).as("the verifier refuses").isNotNull();
    return e;
  }

  private void assertRefused(Reason reason, String... texts) {
    ImageException e = refusal(byPath());
    assertThat(e.reason()).isEqualTo(reason);
    for (String text : texts) {
      assertThat(e).hasMessageContaining(text);
    }
  }

  @Test
  void aGoodSignatureIsAcceptedWithTheKeyByPathOrAsText() {
    signed();
    verify(byPath());
    assertThat(asked).containsExactly(PATH);

    verify(
        new SigstoreSigned(
            Optional.empty(),
            Optional.of("cosign.pub\n" + TestSignatures.pem(keys.getPublic())),
            Optional.empty()));
    assertThat(asked).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"secp256r1, SHA256withECDSA", "secp384r1, SHA384withECDSA"})
  void bothCurvesAreChecked(String curve, String algorithm) throws GeneralSecurityException {
    acceptsSignatureOf(TestSignatures.curve(curve), algorithm);
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048, SHA256withRSA", "RSA, 4096, SHA256withRSA", "Ed25519, 0, Ed25519"})
  void rsaAndEd25519AreChecked(String kind, int bits, String algorithm)
      throws GeneralSecurityException {
    acceptsSignatureOf(TestSignatures.keys(kind, bits), algorithm);
  }

  private void acceptsSignatureOf(KeyPair pair, String algorithm) throws GeneralSecurityException {
    store(payload(), TestSignatures.sign(algorithm, pair.getPrivate(), payload()));
    verify(byPath(MATCH), client, TestSignatures.pem(pair.getPublic()));
    assertThat(refusal(byPath(MATCH)).reason()).isEqualTo(Reason.SIGNATURE_NOT_BY_KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void lineBreaksInsideTheSignatureAreTolerated(String lineBreak) throws GeneralSecurityException {
    String signature = signature(payload());
    store(payload(), signature.substring(0, 64) + lineBreak + signature.substring(64) + lineBreak);
    verify(byPath());
  }

  @Test
  void bundleAndCertificateAnnotationsAndTheTypeOfThePayloadDoNotMatter()
      throws GeneralSecurityException {
    byte[] odd =
        bytes(
            new String(payload(), java.nio.charset.StandardCharsets.UTF_8)
                .replace("cosign container image signature", "x")
                .replace("\"optional\":null", "\"optional\":{\"creator\":\"me\"}"));
    new TestSignatures()
        .layer(
            CosignPayload.MEDIA_TYPE,
            odd,
            Map.of(
                CosignPayload.SIGNATURE,
                signature(odd),
                "dev.sigstore.cosign/bundle",
                "{",
                "dev.sigstore.cosign/certificate",
                "none"))
        .store(registry, IMAGE, digest);
    verify(byPath(MATCH));
  }

  @Test
  void oneGoodSignatureAmongOthersIsEnough() throws GeneralSecurityException {
    byte[] other =
        new CosignPayload(IMAGE.name(), Digest.sha256(bytes("other")).toString()).toJson();
    new TestSignatures()
        .layer(bytes("no payload"), "x")
        .layer(other, signature(other))
        .layer(payload(), TestSignatures.sign("SHA256withECDSA", foreign.getPrivate(), payload()))
        .layer(payload(), signature(payload()))
        .store(registry, IMAGE, digest);
    verify(byPath(MATCH));
  }

  @Test
  void ruleAboutTheIdentity() {
    for (String rule :
        List.of(
            "MatchExact", "MatchRepoDigestOrExact", "ExactReference { docker_reference: \"q\" }")) {
      signed();
      ImageException e = refusal(byPath(new SignedIdentity.Unsuitable(rule)));
      assertThat(e.reason()).isEqualTo(Reason.IDENTITY_RULE_UNSUITABLE);
      assertThat(e).hasMessage("Denied by " + rule);
    }
    assertThat(asked).as("refused before anything is fetched").isEmpty();
  }

  @Test
  void noKey() {
    signed();
    ImageException e =
        refusal(new SigstoreSigned(Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(e.reason()).isEqualTo(Reason.KEY_NOT_NAMED);
    assertThat(e).hasMessage("Neither keyPath nor keyData is specified.");
  }

  @Test
  void twoKeys() {
    signed();
    String pem = TestSignatures.pem(keys.getPublic());
    ImageException e =
        refusal(new SigstoreSigned(Optional.of(PATH), Optional.of(pem), Optional.empty()));
    assertThat(e.reason()).isEqualTo(Reason.KEY_NAMED_TWICE);
    assertThat(e).hasMessage("Both keyPath and keyData are specified.");
    assertThat(asked).isEmpty();
  }

  @Test
  void keyOutOfReach() {
    signed();
    Descriptor config = new Descriptor("application/json", digest, 0, Map.of());
    CosignVerifier verifier =
        new CosignVerifier(
            client,
            location -> {
              throw ImageException.keyUnavailable("no " + location, null);
            });
    ImageException e =
        catchThrowableOfType(
            ImageException.class,
            () ->
                verifier.verify(
                    byPath(),
                    IMAGE,
                    new ImageManifest(digest, Optional.empty(), config, List.of())));
    assertThat(e.reason()).isEqualTo(Reason.KEY_UNAVAILABLE);
  }

  @Test
  void noSignature() {
    assertRefused(Reason.SIGNATURE_MISSING, "quay.io/lab/app:sha256-" + digest.hex() + ".sig");
  }

  @Test
  void signatureOfTheSameContentInAnotherRepository() {
    ImageReference elsewhere = ImageReference.parse("quay.io/lab/copy:1");
    registry.attach(CosignSignature.sign(elsewhere, digest, keys.getPrivate(), random));
    assertRefused(Reason.SIGNATURE_MISSING);
  }

  @Test
  void indexInsteadOfAManifest() {
    registry.store(
        CosignSignature.place(IMAGE, digest),
        MediaTypes.OCI_INDEX,
        bytes(
            "{\"schemaVersion\":2,\"mediaType\":\""
                + MediaTypes.OCI_INDEX
                + "\",\"manifests\":[]}"),
        List.of());
    assertRefused(Reason.SIGNATURE_IS_INDEX);
  }

  @Test
  void noLayers() {
    new TestSignatures().store(registry, IMAGE, digest);
    assertRefused(Reason.SIGNATURE_WITHOUT_LAYERS);
  }

  @Test
  void layerOfAnotherMediaTypeBesideAGoodOne() throws GeneralSecurityException {
    new TestSignatures()
        .layer(payload(), signature(payload()))
        .layer("application/octet-stream", bytes("x"), Map.of())
        .store(registry, IMAGE, digest);
    assertRefused(Reason.SIGNATURE_MEDIA_TYPE, "application/octet-stream");
  }

  @Test
  void payloadThatIsTooLarge() throws GeneralSecurityException {
    String text = new String(payload(), java.nio.charset.StandardCharsets.UTF_8);
    byte[] large = bytes(text + " ".repeat(64 * 1024 + 1 - text.length()));
    store(large, signature(large));
    assertRefused(Reason.TOO_LARGE, "64 KiB");
    byte[] fits = bytes(text + " ".repeat(64 * 1024 - text.length()));
    store(fits, signature(fits));
    verify(byPath());
  }

  @Test
  void payloadWithAnotherDigestThanItsDescriptor(@TempDir Path directory)
      throws GeneralSecurityException, IOException {
    byte[] manifest = new TestSignatures().layer(payload(), signature(payload())).manifest();
    TestLayers.blob(directory, bytes("{}"));
    TestLayers.blob(directory, payload());
    String entry =
        TestLayers.descriptor(
            MediaTypes.OCI_MANIFEST, TestLayers.blob(directory, manifest), manifest.length);
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        directory.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[" + entry + "]}");
    registry.load(directory, CosignSignature.place(IMAGE, digest));
    verify(byPath());

    byte[] same = payload();
    same[same.length - 2] ^= 1;
    Files.write(directory.resolve("blobs/sha256").resolve(Digest.sha256(payload()).hex()), same);
    assertRefused(Reason.DIGEST_MISMATCH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"critical\":{}}",
        "GOOD {}",
        "{\"critical\":{\"identity\":{\"docker-reference\":\"a/b\"},\"image\":{\"docker-manifest-digest\":\"D\"}},\"optional\":null}",
        "{\"critical\":{\"identity\":{\"docker-reference\":1},\"image\":{\"docker-manifest-digest\":\"D\"},\"type\":\"x\"},\"optional\":null}",
        "{\"critical\":{\"identity\":{\"docker-reference\":\"a/b\"},\"image\":{},\"type\":\"x\"},\"optional\":null}",
        "{\"critical\":{\"identity\":{\"docker-reference\":\"a/b\"},\"image\":{\"docker-manifest-digest\":\"D\",\"docker-manifest-digest\":\"D\"},\"type\":\"x\"}}",
        "{\"critical\":{\"identity\":{\"docker-reference\":\"a/b\"},\"image\":{\"docker-manifest-digest\":\"D\"},\"type\":\"x\"},\"optional\":1}"
      })
  void payloadThatIsNone(String text) throws GeneralSecurityException {
    byte[] odd =
        bytes(
            text.replace("\"D\"", "\"" + digest + "\"")
                .replace("GOOD", new String(payload(), java.nio.charset.StandardCharsets.UTF_8)));
    store(odd, signature(odd));
    assertRefused(Reason.BAD_PAYLOAD);
  }

  @Test
  void payloadThatNamesOtherContent() throws GeneralSecurityException {
    Digest other = Digest.sha256(bytes("other"));
    byte[] wrong = new CosignPayload(IMAGE.name(), other.toString()).toJson();
    store(wrong, signature(wrong));
    assertRefused(Reason.PAYLOAD_NAMES_OTHER_DIGEST, other.toString(), digest.toString());
  }

  @Test
  void layerWithoutASignature() {
    new TestSignatures()
        .layer(CosignPayload.MEDIA_TYPE, payload(), Map.of("x", "y"))
        .store(registry, IMAGE, digest);
    assertRefused(Reason.SIGNATURE_ANNOTATION_MISSING, CosignPayload.SIGNATURE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no key",
        "-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----"
      })
  void keyThatIsNone(String pem) {
    signed();
    assertThat(refusal(byPath(), client, pem).reason()).isEqualTo(Reason.BAD_KEY);
  }

  @Test
  void keyThatIsNotBase64OnceMore() {
    signed();
    String pem = TestSignatures.pem(keys.getPublic());
    assertThat(refusal(byPath(), client, Base64.getEncoder().encodeToString(bytes(pem))).reason())
        .isEqualTo(Reason.BAD_KEY);
    assertThat(refusal(byPath(), client, pem + " ".repeat(64 * 1024)).reason())
        .isEqualTo(Reason.BAD_KEY);
  }

  @Test
  void keyOfAnotherKind() throws GeneralSecurityException {
    signed();
    for (KeyPair other :
        List.of(
            TestSignatures.curve("secp521r1"),
            TestSignatures.keys("RSA", 1024),
            TestSignatures.keys("X25519", 0))) {
      assertThat(refusal(byPath(), client, TestSignatures.pem(other.getPublic())).reason())
          .isEqualTo(Reason.UNSUPPORTED_KEY);
    }
  }

  @Test
  void signatureOfAnotherKey() {
    registry.attach(CosignSignature.sign(IMAGE, digest, foreign.getPrivate(), random));
    assertRefused(Reason.SIGNATURE_NOT_BY_KEY);
  }

  @Test
  void payloadThatWasChangedAfterwards() throws GeneralSecurityException {
    byte[] renamed = new CosignPayload("quay.io/lab/other", digest.toString()).toJson();
    store(renamed, signature(payload()));
    assertRefused(Reason.SIGNATURE_NOT_BY_KEY);
  }

  @Test
  void aBitChangedAnywhereInTheSignature() throws GeneralSecurityException {
    byte[] good = Base64.getDecoder().decode(signature(payload()));
    for (int bit = 0; bit < good.length * 8; bit += 7) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << (bit % 8));
      store(payload(), Base64.getEncoder().encodeToString(bad));
      assertRefused(Reason.SIGNATURE_NOT_BY_KEY);
    }
  }

  @Test
  void signatureThatIsNoBase64() throws GeneralSecurityException {
    String good = signature(payload());
    for (String bad :
        List.of("", "%" + good, good + " ", good.replace("=", "") + "===", " " + good)) {
      store(payload(), bad);
      assertRefused(Reason.SIGNATURE_NOT_BY_KEY);
    }
  }

  @Test
  void nameInTheSignature() throws GeneralSecurityException {
    signed();
    verify(byPath(MATCH));
    verify(byPath(new SignedIdentity.ExactRepository("quay.io/lab/app")));
    ImageException e = refusal(byPath(new SignedIdentity.ExactRepository("quay.io/lab/other")));
    assertThat(e.reason()).isEqualTo(Reason.IDENTITY_MISMATCH);
    assertThat(e).hasMessageStartingWith("Match reference failed.");
    assertThat(refusal(byPath(new SignedIdentity.ExactRepository("%"))).reason())
        .isEqualTo(Reason.IDENTITY_MISMATCH);

    byte[] renamed = new CosignPayload("quay.io/lab/other", digest.toString()).toJson();
    store(renamed, signature(renamed));
    assertThat(refusal(byPath(MATCH)).reason()).isEqualTo(Reason.IDENTITY_MISMATCH);
    verify(byPath(new SignedIdentity.ExactRepository("quay.io/lab/other")));
    verify(byPath());
  }

  @Test
  void nameInEverySignatureThatIsKept() throws GeneralSecurityException {
    byte[] renamed = new CosignPayload("quay.io/lab/other", digest.toString()).toJson();
    new TestSignatures()
        .layer(payload(), signature(payload()))
        .layer(renamed, signature(renamed))
        .store(registry, IMAGE, digest);
    assertThat(refusal(byPath(MATCH)).reason()).isEqualTo(Reason.IDENTITY_MISMATCH);
  }

  @Test
  void registryThatDoesNotAnswerOrWantsCredentials() {
    RegistryServer gone =
        RegistryServer.start(vertx, InetAddress.getLoopbackAddress(), Optional.empty());
    InetSocketAddress address = gone.address();
    gone.close();
    try (RegistryClient nowhere = client(address)) {
      assertThat(refusal(byPath(), nowhere, TestSignatures.pem(keys.getPublic())).reason())
          .isEqualTo(Reason.UNREACHABLE);
    }
    try (RegistryServer closed =
            RegistryServer.start(vertx, InetAddress.getLoopbackAddress(), Optional.empty());
        RegistryClient stranger = client(closed.address())) {
      closed.attach(CosignSignature.sign(IMAGE, digest, keys.getPrivate(), random));
      closed.protect("quay.io/lab", "u", "p");
      assertThat(refusal(byPath(), stranger, TestSignatures.pem(keys.getPublic())).reason())
          .isEqualTo(Reason.NOT_AUTHORIZED);
    }
  }
}
