package dev.cocolab.image;

import static dev.cocolab.image.TestSignatures.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.image.ImageException.Reason;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What others make is read, and what is made here is what others make, byte for byte. */
class CosignFormatTest {

  /** A signature that cosign made; published with the tests of the sigstore-rs library. */
  private static final String COSIGN_KEY =
      """
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENptdY/l3nB0yqkXLBWkZWQwo6+cu
      OSWS1X9vPavpiQOoTTGC0xX57OojUadxF1cdQmrsiReWg2Wn4FneJfa8xw==
      -----END PUBLIC KEY-----
      """;

  private static final String COSIGN_SIGNATURE =
      "MEUCIQD6q/COgzOyW0YH1Dk+CCYSt4uAhm3FDHUwvPI55zwnlwIgE0ZK58ZOWpZw8YVmBapJhBqCfdPekIknimuO0xH8Jh8=";
  private static final String SIGNED_DIGEST =
      "sha256:f3cfc9d0dbf931d3db4685ec659b7ac68e2a578219da4aae65427886e649b06b";

  @Test
  void thePayloadHasTheVeryBytesThatCosignSigned() {
    byte[] payload = new CosignPayload("registry-testing.svc.lan/busybox", SIGNED_DIGEST).toJson();

    SignatureKey key = SignatureKey.parse(bytes(COSIGN_KEY));
    byte[] signature = Base64.getDecoder().decode(COSIGN_SIGNATURE);
    assertThat(key.verifies(payload, signature)).isTrue();
    payload[0] ^= 1;
    assertThat(key.verifies(payload, signature)).isFalse();
  }

  @Test
  void aSignatureIsStoredAsCosignStoresIt() {
    ImageReference image = ImageReference.parse("registry-testing.svc.lan/busybox:1");
    Digest digest = Digest.parse(SIGNED_DIGEST);
    byte[] payload = new CosignPayload(image.name(), digest.toString()).toJson();

    CosignSignature stored = CosignSignature.of(image, digest, payload, COSIGN_SIGNATURE);

    assertThat(stored.place())
        .hasToString(
            "registry-testing.svc.lan/busybox:sha256-f3cfc9d0dbf931d3db4685ec659b7ac68e2a578219da4aae65427886e649b06b.sig");
    JsonNode manifest = JsonMapper.shared().readTree(stored.manifest());
    assertThat(manifest.path("mediaType").asString())
        .isEqualTo("application/vnd.oci.image.manifest.v1+json");
    JsonNode layer = manifest.path("layers").path(0);
    assertThat(layer.path("mediaType").asString())
        .isEqualTo("application/vnd.dev.cosign.simplesigning.v1+json");
    assertThat(layer.path("digest").asString()).isEqualTo(Digest.sha256(payload).toString());
    assertThat(layer.path("size").asInt()).isEqualTo(payload.length);
    assertThat(layer.path("annotations").path("dev.cosignproject.cosign/signature").asString())
        .isEqualTo(COSIGN_SIGNATURE);
    assertThat(manifest.path("config").path("digest").asString())
        .isEqualTo(Digest.sha256(stored.config()).toString());
    JsonNode config = JsonMapper.shared().readTree(stored.config());
    assertThat(config.path("rootfs").path("diff_ids").path(0).asString())
        .isEqualTo(Digest.sha256(payload).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "EC -pkeyopt ec_paramgen_curve:P-256, dgst -sha256",
    "EC -pkeyopt ec_paramgen_curve:P-384, dgst -sha384",
    "RSA -pkeyopt rsa_keygen_bits:2048, dgst -sha256",
    "ED25519, pkeyutl -rawin"
  })
  void whatOpensslSignsIsAccepted(String kind, String how, @TempDir Path directory)
      throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
    ImageReference image = ImageReference.parse("quay.io/lab/app:1");
    Digest digest = Digest.sha256(bytes("content"));
    byte[] payload =
        bytes(
            "{\"critical\":{\"identity\":{\"docker-reference\":\"quay.io/lab/app\"},\"image\":{\"docker-manifest-digest\":\""
                + digest
                + "\"},\"type\":\"cosign container image signature\"},\"optional\":null}");
    Files.write(directory.resolve("payload"), payload);
    openssl(directory, "genpkey -out key -algorithm " + kind);
    openssl(directory, "pkey -in key -pubout -out pub");
    String input =
        how.startsWith("dgst")
            ? " -sign key -out sig payload"
            : " -sign -inkey key -out sig -in payload";
    openssl(directory, how + input);
    String signature =
        Base64.getEncoder().encodeToString(Files.readAllBytes(directory.resolve("sig")));

    String policy =
        "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\""
            + directory.resolve("pub")
            + "\",\"signedIdentity\":{\"type\":\"matchRepository\"}}],\"transports\":{}}";
    Vertx vertx = Vertx.vertx();
    try (RegistryServer registry =
            RegistryServer.start(vertx, InetAddress.getLoopbackAddress(), Optional.empty());
        RegistryClient client =
            new RegistryClient(
                RegistryClient.Options.https(vertx, (host, port) -> registry.address(), List.of())
                    .withPlainHttp(true))) {
      registry.attach(CosignSignature.of(image, digest, payload, signature));
      CosignVerifier verifier = new CosignVerifier(client, CosignFormatTest::file);
      Descriptor config = new Descriptor("application/json", digest, 0, java.util.Map.of());
      assertThat(
              SignaturePolicy.parse(bytes(policy))
                  .decide(
                      image,
                      new ImageManifest(digest, Optional.empty(), config, List.of()),
                      verifier))
          .isEqualTo(new Decision.Accepted());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static byte[] file(String location) {
    try {
      return Files.readAllBytes(Path.of(location));
    } catch (IOException e) {
      throw ImageException.keyUnavailable("no file " + location, e);
    }
  }

  private static void openssl(Path directory, String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/usr/bin/openssl"));
    command.addAll(List.of(arguments.split(" ", -1)));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("openssl %s ends", arguments).isTrue();
    assertThat(process.exitValue())
        .as("openssl %s: %s", arguments, Files.readString(directory.resolve("log")))
        .isZero();
  }

  @Property(tries = 200)
  void everyPayloadIsReadBack(@ForAll String reference, @ForAll String digest) {
    boolean pairs =
        bytes(reference + digest).length > 0
            && new String(bytes(reference), java.nio.charset.StandardCharsets.UTF_8)
                .equals(reference)
            && new String(bytes(digest), java.nio.charset.StandardCharsets.UTF_8).equals(digest);
    net.jqwik.api.Assume.that(pairs);
    CosignPayload payload = new CosignPayload(reference, digest);
    assertThat(CosignPayload.parse(payload.toJson())).isEqualTo(payload);
  }

  @Property(tries = 500)
  void garbageIsRefusedAsAPayloadAndAsAKey(@ForAll @Size(max = 200) byte[] garbage) {
    assertThatCode(() -> CosignPayload.parse(garbage))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_PAYLOAD));
    assertThatCode(() -> SignatureKey.parse(garbage))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_KEY));
  }
}
