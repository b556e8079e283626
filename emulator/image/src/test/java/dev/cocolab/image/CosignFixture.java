package dev.cocolab.image;

import static dev.cocolab.image.TestSignatures.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.PolicyRequirement.SigstoreSigned;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** A registry, two keys, and the verifier asked about another image in each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CosignFixture {

  static final ImageReference IMAGE = ImageReference.parse("quay.io/lab/app:1");
  static final String PATH = "kbs:///default/k/pub";
  static final SignedIdentity MATCH = new SignedIdentity.MatchRepository();

  final Vertx vertx = Vertx.vertx();
  final SecureRandom random = new SecureRandom();
  final List<String> asked = new ArrayList<>();
  RegistryServer registry;
  RegistryClient client;
  KeyPair keys;
  KeyPair foreign;
  Digest digest;
  int images;

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

  RegistryClient client(InetSocketAddress address) {
    return new RegistryClient(
        RegistryClient.Options.https(vertx, (host, port) -> address, List.of())
            .withPlainHttp(true));
  }

  void signed() {
    registry.attach(CosignSignature.sign(IMAGE, digest, keys.getPrivate(), random));
  }

  byte[] payload() {
    return new CosignPayload(IMAGE.name(), digest.toString()).toJson();
  }

  String signature(byte[] content) throws GeneralSecurityException {
    return TestSignatures.sign("SHA256withECDSA", keys.getPrivate(), content);
  }

  void store(byte[] payload, String signature) {
    new TestSignatures().layer(payload, signature).store(registry, IMAGE, digest);
  }

  void verify(SigstoreSigned requirement) {
    verify(requirement, client, TestSignatures.pem(keys.getPublic()));
  }

  void verify(SigstoreSigned requirement, RegistryClient from, String pem) {
    KeySource source =
        location -> {
          asked.add(location);
          return bytes(pem);
        };
    Descriptor config = new Descriptor("application/json", digest, 0, Map.of());
    new CosignVerifier(from, source)
        .verify(requirement, IMAGE, new ImageManifest(digest, Optional.empty(), config, List.of()));
  }

  static SigstoreSigned byPath() {
    return new SigstoreSigned(Optional.of(PATH), Optional.empty(), Optional.empty());
  }

  static SigstoreSigned byPath(SignedIdentity identity) {
    return new SigstoreSigned(Optional.of(PATH), Optional.empty(), Optional.of(identity));
  }

  ImageException refusal(SigstoreSigned requirement) {
    return refusal(requirement, client, TestSignatures.pem(keys.getPublic()));
  }

  ImageException refusal(SigstoreSigned requirement, RegistryClient from, String pem) {
    ImageException e =
        catchThrowableOfType(ImageException.class, () -> verify(requirement, from, pem));
    assertThat(e).as("the verifier refuses").isNotNull();
    return e;
  }

  void assertRefused(Reason reason, String... texts) {
    ImageException e = refusal(byPath());
    assertThat(e.reason()).isEqualTo(reason);
    for (String text : texts) {
      assertThat(e).hasMessageContaining(text);
    }
  }
}
