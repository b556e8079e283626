package dev.cocolab.image;

import static dev.cocolab.image.TestSignatures.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An image for two platforms: an index I of M1 for this platform and M2 for another. A signature
 * counts when it is for what the reference points to.
 */
class SignedIndexTest {

  private static final ImageReference NAME = ImageReference.parse("quay.io/lab/app:1");

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private RegistryServer registry;
  private RegistryClient client;
  private ImageStore store;
  private KeyPair keys;

  @BeforeEach
  void start() throws Exception {
    keys = TestSignatures.curve("secp256r1");
    registry = RegistryServer.start(vertx, InetAddress.getLoopbackAddress(), Optional.empty());
    client =
        new RegistryClient(
            RegistryClient.Options.https(vertx, (host, port) -> registry.address(), List.of())
                .withPlainHttp(true)
                .withPlatform(new Platform("linux", "amd64")));
    store = ImageStore.open(directory.resolve("cache"));
  }

  @AfterEach
  void stop() throws Exception {
    store.close();
    client.close();
    registry.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private record Digests(Digest index, Digest mine, Digest other) {}

  private Digests load() throws Exception {
    Path layout = Files.createDirectory(directory.resolve("layout"));
    String mine = entry(layout, "amd64", new TestLayers().file("f", "1").tar());
    String other = entry(layout, "arm64", new TestLayers().file("f", "2").tar());
    byte[] index = bytes("{\"schemaVersion\":2,\"manifests\":[" + mine + "," + other + "]}");
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.write(layout.resolve("index.json"), index);
    registry.load(layout, NAME);
    return new Digests(Digest.sha256(index), digest(mine), digest(other));
  }

  private static String entry(Path layout, String architecture, byte[] tar) throws Exception {
    byte[] blob = TestLayers.gzip(tar);
    String layer =
        TestLayers.descriptor(
            "application/vnd.oci.image.layer.v1.tar+gzip",
            TestLayers.blob(layout, blob),
            blob.length);
    return TestLayers.manifest(layout, List.of("\"" + Digest.sha256(tar) + "\""), List.of(layer))
        .replaceFirst(
            "}$", ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}}");
  }

  private static Digest digest(String descriptor) {
    return Digest.parse(descriptor.replaceAll(".*\"digest\":\"([^\"]+)\".*", "$1"));
  }

  private static Digest named(Digests digests, String name) {
    return switch (name) {
      case "I" -> digests.index();
      case "M1" -> digests.mine();
      default -> digests.other();
    };
  }

  private UnpackedImage pull(String reference, Digests digests) {
    ImageReference name = reference.equals("tag") ? NAME : NAME.pinnedTo(named(digests, reference));
    SignaturePolicy policy =
        SignaturePolicy.parse(
            bytes(
                "{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{\"quay.io/lab/app\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\"k\"}]}}}"));
    CosignVerifier verifier =
        new CosignVerifier(client, location -> bytes(TestSignatures.pem(keys.getPublic())));
    return store.pull(
        name,
        client,
        (image, manifest) -> {
          if (policy.decide(image, manifest, verifier) instanceof Decision.Refused refused) {
            throw ImageException.rejected(refused);
          }
        });
  }

  @ParameterizedTest(name = "signature at {0} naming {1}, pulled by {2}: {3}")
  @CsvSource({
    "I, I, tag, accepted",
    "I, I, I, accepted",
    "M1, M1, tag, SIGNATURE_MISSING",
    "M1, M1, I, SIGNATURE_MISSING",
    "M2, M2, tag, SIGNATURE_MISSING",
    "M2, M2, I, SIGNATURE_MISSING",
    "I, M2, tag, PAYLOAD_NAMES_OTHER_DIGEST",
    "I, M2, I, PAYLOAD_NAMES_OTHER_DIGEST",
    "I, M1, tag, PAYLOAD_NAMES_OTHER_DIGEST",
    "M1, M1, M1, accepted",
    "I, I, M1, SIGNATURE_MISSING",
  })
  void aSignatureCountsForWhatTheReferencePointsTo(
      String at, String names, String pulled, String outcome) throws Exception {
    Digests digests = load();
    byte[] payload = new CosignPayload(NAME.name(), named(digests, names).toString()).toJson();
    String signature = TestSignatures.sign("SHA256withECDSA", keys.getPrivate(), payload);
    registry.attach(CosignSignature.of(NAME, named(digests, at), payload, signature));

    if (outcome.equals("accepted")) {
      assertThat(pull(pulled, digests).layers().get(0).resolve("f")).hasContent("1");
    } else {
      ImageException e = catchThrowableOfType(ImageException.class, () -> pull(pulled, digests));
      assertThat(e).isNotNull().hasMessage("rejected by `sigstoreSigned` rule");
      assertThat(e.stage()).isEqualTo(Stage.ADMISSION);
      assertThat(e.reason()).isEqualTo(Reason.valueOf(outcome));
      assertThat(directory.resolve("cache/layers")).isEmptyDirectory();
    }
  }
}
