package dev.cocolab.image;

import static dev.cocolab.image.TestSignatures.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.PolicyRequirement.SigstoreSigned;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One good signature, and for each check what makes that check fail and no other. */
class CosignVerifierTest extends CosignFixture {
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
}
