package dev.cocolab.image;

import static dev.cocolab.image.TestSignatures.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.image.ImageException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A signature that is there, and for each check of its parts what makes that check fail and no
 * other.
 */
class CosignRefusalTest extends CosignFixture {
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
