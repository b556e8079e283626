package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Profile;
import dev.cocolab.protocol.SealedSecret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sealed secrets against a broker over HTTPS: what is asked in which order, what is left. */
class SecretUnsealingTest {
  private static final String SIGNER = "default/sealed-signing-key/jwk_public";
  private static final String TARGET = "default/fraud-dataset/dataset_key";
  private static final byte[] SECRET = "s3cr3t-of-the-test\u0000x".getBytes(StandardCharsets.UTF_8);
  private static final String UNSEAL_FAILED = "[CDH] [ERROR]: Unseal Secret failed";

  @TempDir Path directory;
  private GuestFixture fixture;
  private KeyPair signer;

  @BeforeEach
  void start() throws Exception {
    fixture = new GuestFixture(directory);
    signer = keys();
    fixture.broker.resources.put(SIGNER, jwk(signer));
    fixture.broker.resources.put(TARGET, SECRET);
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(fixture.broker.problems).isEmpty();
    assertThat(fixture.log).noneMatch(line -> line.contains("s3cr3t-of-the-test"));
    fixture.close();
  }

  @Test
  void asksForTheSignersKeyBeforeTheTarget() {
    try (GuestVm guest = fixture.bootWith("", "")) {
      assertThat(guest.unsealFile(bytes(pointer()))).contains(SECRET);
    }
    assertThat(gets()).containsExactly(SIGNER, TARGET);
  }

  @Test
  void leavesWhatIsNotSealedAloneAndAsksForNothing() {
    try (GuestVm guest = fixture.bootWith("", "")) {
      assertThat(guest.unsealVariable("seale.value")).isEqualTo("seale.value");
      assertThat(guest.unsealFile(bytes("seal"))).isEmpty();
    }
    assertThat(fixture.broker.log).isEmpty();
  }

  @Test
  void aRedirectedPointerCostsTheSignersKeyAndNothingElse() {
    String[] parts = pointer().split("\\.", -1);
    String payload = new String(Base64.getUrlDecoder().decode(parts[2]), StandardCharsets.UTF_8);
    parts[2] =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(bytes(payload.replace("dataset_key", "another_key")));
    String redirected = String.join(".", parts);

    try (GuestVm guest = fixture.bootWith("", "")) {
      assertThat(guest.unsealVariable(redirected)).isEqualTo(redirected);
    }
    assertThat(gets()).containsExactly(SIGNER);
    assertThat(fixture.log)
        .contains(
            "confidential-data-hub: Caused by: parse SealedSecret failed: Signature Error:"
                + " signature error",
            "kata-agent: Failed to unseal secret: " + UNSEAL_FAILED);
  }

  @Test
  void aSignerThatTheBrokerDoesNotHaveIsNamed() {
    fixture.broker.resources.remove(SIGNER);

    try (GuestVm guest = fixture.bootWith("", "")) {
      assertThat(guest.unsealFile(bytes(pointer()))).isEmpty();
    }
    assertThat(gets()).doesNotContain(TARGET);
    assertThat(fixture.log)
        .anyMatch(line -> line.contains("parse SealedSecret failed: Failed to get key from KMS: "))
        .contains("kata-agent: Failed to unseal file: " + UNSEAL_FAILED);
  }

  @Test
  void aMissingTargetLeavesThePointer() {
    fixture.broker.resources.remove(TARGET);
    String pointer = pointer();

    try (GuestVm guest = fixture.bootWith("", "")) {
      assertThat(guest.unsealVariable(pointer)).isEqualTo(pointer);
    }
    assertThat(fixture.log).anyMatch(line -> line.contains("Caused by: get secret failed: "));
  }

  @Test
  void aSignerByFileNameIsRefusedBecauseTheVmImageHasNone() {
    String pointer =
        SealedSecret.seal((ECPrivateKey) signer.getPrivate(), "local-key", "kbs:///" + TARGET);

    try (GuestVm guest = fixture.bootWith("", "")) {
      assertThat(guest.unsealVariable(pointer)).isEqualTo(pointer);
    }
    assertThat(fixture.broker.log).isEmpty();
    assertThat(fixture.log)
        .anyMatch(line -> line.contains("KID is invalid. Must be a KBS URI or a credential path."));
  }

  @Test
  void anUnsignedPointerIsTakenOnlyWhereVerificationIsSwitchedOff() {
    String unsigned = "sealed.fakejwsheader." + pointer().split("\\.", -1)[2] + ".fakesignature";

    try (GuestVm guest = fixture.bootWith("", "")) {
      assertThat(guest.unsealFile(bytes(unsigned))).isEmpty();
    }
    assertThat(fixture.log).anyMatch(line -> line.contains("Failed to parse JWS"));

    fixture.broker.log.clear();
    String hub = "skip_sealed_secret_verification = true\n" + fixture.hubToml("");
    try (GuestVm guest =
        fixture.boot(Optional.of(GuestFixture.initdata(fixture.agentToml(), hub, "")))) {
      assertThat(guest.unsealFile(bytes(unsigned))).contains(SECRET);
    }
    assertThat(gets()).containsExactly(TARGET);
  }

  @Test
  void aVariableWhosePlaintextIsNoTextStaysSealed() {
    fixture.broker.resources.put(TARGET, new byte[] {(byte) 0xff, (byte) 0xfe});
    String pointer = pointer();

    try (GuestVm guest = fixture.bootWith("", "")) {
      assertThat(guest.unsealVariable(pointer)).isEqualTo(pointer);
    }
    assertThat(fixture.log)
        .anyMatch(line -> line.contains("the plaintext of a variable must be UTF-8"));
  }

  /** What the vault tool before v0.18 wrote; a pipe through {@code base64 -w0} made it unusable. */
  @Test
  void anUnsignedPointerIsReadInTheUrlAlphabetWithoutPaddingOnly() {
    fixture.broker.resources.put("default/s/p", SECRET);
    String plain = unsignedPayload("{}");
    String standard = Base64.getEncoder().encodeToString(bytes(plain));
    String unpadded = standard.replace("=", "");
    String slashed =
        Base64.getEncoder()
            .withoutPadding()
            .encodeToString(bytes(unsignedPayload("{\"note\":\"???\"}")));
    assertThat(standard).endsWith("=").doesNotContain("+", "/");
    assertThat(slashed).contains("/");
    String url = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(plain));
    String hub = "skip_sealed_secret_verification = true\n" + fixture.hubToml("");

    try (GuestVm guest =
        fixture.boot(Optional.of(GuestFixture.initdata(fixture.agentToml(), hub, "")))) {
      for (String refused : List.of(standard, slashed)) {
        fixture.log.clear();
        assertThat(guest.unsealVariable(fake(refused))).isEqualTo(fake(refused));
        assertThat(fixture.log)
            .contains("kata-agent: Failed to unseal secret: " + UNSEAL_FAILED)
            .anyMatch(line -> line.contains("Failed to parse sealed secret payload"));
      }
      assertThat(gets()).as("a payload that does not decode points to nothing").isEmpty();
      for (String read : List.of(unpadded, url)) {
        assertThat(guest.unsealFile(bytes(fake(read)))).contains(SECRET);
      }
    }
  }

  @Test
  void aCommandSeesWhatItsReleaseShows() {
    fixture.broker.resources.put(TARGET, bytes("clear"));
    String pointer = pointer();
    for (Profile profile : List.of(Profile.redhat12(), Profile.upstream())) {
      fixture.profile = profile;
      try (GuestVm guest = fixture.bootWith("", "")) {
        assertThat(guest.unsealVariable(pointer))
            .as("container, " + profile.name())
            .isEqualTo("clear");
        assertThat(guest.unsealCommandVariable(pointer))
            .as("command, " + profile.name())
            .isEqualTo(profile.equals(Profile.upstream()) ? "clear" : pointer);
      }
    }
  }

  private static String fake(String payload) {
    return "sealed.fakejwsheader." + payload + ".fakesignature";
  }

  private static String unsignedPayload(String annotations) {
    return "{\"version\":\"0.1.0\",\"type\":\"vault\",\"name\":\"kbs:///default/s/p\","
        + "\"provider\":\"kbs\",\"provider_settings\":{},\"annotations\":"
        + annotations
        + "}";
  }

  private String pointer() {
    return SealedSecret.seal(
        (ECPrivateKey) signer.getPrivate(), "kbs:///" + SIGNER, "kbs:///" + TARGET);
  }

  private List<String> gets() {
    String get = "GET /kbs/v0/resource/";
    return fixture.broker.log.stream()
        .filter(line -> line.startsWith(get))
        .map(line -> line.substring(get.length()))
        .distinct()
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static byte[] jwk(KeyPair pair) {
    var point = ((ECPublicKey) pair.getPublic()).getW();
    return bytes(
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"}"
            .formatted(coordinate(point.getAffineX()), coordinate(point.getAffineY())));
  }

  private static String coordinate(java.math.BigInteger number) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(BigIntegers.asUnsignedByteArray(32, number));
  }
}
