package dev.cocolab.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.SealedSecret;
import dev.cocolab.protocol.VaultPointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SealCommandTest {
  private static final String KID = "kbs:///default/sealed-signing-key/jwk_public";
  private static final String TARGET = "kbs:///default/fraud-dataset/dataset_key";

  @TempDir private Path folder;
  private Path privateJwk;
  private Path publicJwk;

  @BeforeEach
  void keys() {
    Screen screen = screen();
    assertThat(screen.run("seal", "keygen", "--output-dir", folder.toString())).isZero();
    assertThat(screen.out())
        .isEqualToIgnoringNewLines(
            "Generated sealed-signing-private.json and sealed-signing-public.json");
    privateJwk = folder.resolve("sealed-signing-private.json");
    publicJwk = folder.resolve("sealed-signing-public.json");
  }

  private static Screen screen() {
    return new Screen(Map.of());
  }

  @Test
  void thePrivateKeyIsItsOwnersAndThePublicOneHasNoSecret() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(privateJwk)))
        .isEqualTo("rw-------");
    JsonNode open = JsonMapper.shared().readTree(Shared.read(publicJwk));
    assertThat(open.propertyNames()).containsExactly("kty", "crv", "alg", "use", "kid", "x", "y");
    JsonNode secret = JsonMapper.shared().readTree(Shared.read(privateJwk));
    assertThat(secret.propertyNames())
        .containsExactly("kty", "crv", "alg", "use", "kid", "d", "x", "y");
    Screen again = screen();
    assertThat(again.run("seal", "keygen", "--output-dir", folder.toString())).isEqualTo(2);
    assertThat(again.err()).contains("is there already");
  }

  private String sealed(String... kind) {
    Screen screen = screen();
    String[] line =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(
                    "seal", "--signing-kid", KID, "--signing-jwk-path", privateJwk.toString()),
                java.util.Arrays.stream(kind))
            .toArray(String[]::new);
    assertThat(screen.run(line)).as(screen.err()).isZero();
    assertThat(screen.out()).hasLineCount(1);
    return screen.out().strip();
  }

  /** The command line of the workshop, and what a guest makes of the result. */
  @Test
  void aGuestReadsThePointerThatIsSealed() {
    String sealed = sealed("vault", "--resource-uri", TARGET, "--provider", "kbs");

    assertThat(sealed).startsWith("sealed.eyJhbGci").doesNotContain("=");
    SealedSecret read = SealedSecret.parse(sealed);
    assertThat(read.keyId()).isEqualTo(KID);
    assertThat(read.verify(Shared.read(publicJwk))).isEqualTo(new VaultPointer(TARGET));
    assertThat(part(sealed, 2))
        .isEqualTo(
            "{\"version\":\"0.1.0\",\"type\":\"vault\",\"name\":\"%s\",\"provider\":\"kbs\",\"provider_settings\":{},\"annotations\":{}}"
                .formatted(TARGET));
  }

  @Test
  void theWarningIsNoData() {
    Screen screen = screen();
    assertThat(screen.run("seal", "--unsigned", "vault", "-r", TARGET, "-p", "kbs")).isZero();
    assertThat(screen.err())
        .contains("Warning: Secrets must be provisioned to provider separately.");
    assertThat(screen.out()).startsWith("sealed.fakejwsheader.").endsWith(".fakesignature\n");
    assertThat(SealedSecret.parseUnverified(screen.out().strip()))
        .isEqualTo(new VaultPointer(TARGET));
  }

  @Test
  void settingsAndAnnotationsOfAProviderAreKept() {
    String sealed =
        sealed(
            "vault",
            "-r",
            "secret1",
            "-p",
            "aliyun",
            "--provider-settings",
            "{\"client_type\":\"ecs_ram_role\"}",
            "-a",
            "{\"version_id\":\"7\"}");

    JsonNode payload = JsonMapper.shared().readTree(part(sealed, 2));
    assertThat(payload.path("provider_settings").path("client_type").asString())
        .isEqualTo("ecs_ram_role");
    assertThat(payload.path("annotations").path("version_id").asString()).isEqualTo("7");
  }

  @Test
  void anEnvelopeOpensWithItsDataKey() throws Exception {
    byte[] key = new byte[32];
    Path dataKey = Files.write(folder.resolve("dek"), key);
    Path wrapped = Files.writeString(folder.resolve("wrapped"), "wrapped");
    Path secret = Files.writeString(folder.resolve("secret"), "hello");

    String sealed =
        sealed(
            "envelope",
            "-k",
            "key1",
            "-f",
            secret.toString(),
            "--data-key",
            dataKey.toString(),
            "--wrapped-data-key",
            wrapped.toString(),
            "-p",
            "aliyun");

    JsonNode payload = JsonMapper.shared().readTree(part(sealed, 2));
    assertThat(payload.propertyNames())
        .containsExactly(
            "version",
            "type",
            "key_id",
            "encrypted_key",
            "encrypted_data",
            "wrap_type",
            "iv",
            "provider",
            "provider_settings",
            "annotations");
    assertThat(decode(payload, "encrypted_key")).asString(UTF_8).isEqualTo("wrapped");
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(key, "AES"),
        new GCMParameterSpec(128, decode(payload, "iv")));
    assertThat(cipher.doFinal(decode(payload, "encrypted_data")))
        .asString(UTF_8)
        .isEqualTo("hello");
  }

  private static byte[] decode(JsonNode payload, String member) {
    return Base64.getDecoder().decode(payload.path(member).asString());
  }

  private static String part(String sealed, int index) {
    return new String(Base64.getUrlDecoder().decode(sealed.split("\\.", -1)[index]), UTF_8);
  }

  @Test
  void verifySaysWhatIsSealed() throws IOException {
    String sealed = sealed("vault", "-r", TARGET, "-p", "kbs");
    Path file = Files.writeString(folder.resolve("sealed"), sealed + "\n");
    for (String given : new String[] {sealed, file.toString()}) {
      Screen screen = screen();
      assertThat(screen.run("seal", "verify", given, "--jwk", publicJwk.toString(), "--json"))
          .isZero();
      JsonNode json = JsonMapper.shared().readTree(screen.out());
      assertThat(json.path("verdict").asString()).isEqualTo("accepted");
      assertThat(json.path("kid").asString()).isEqualTo(KID);
      assertThat(json.path("name").asString()).isEqualTo(TARGET);
    }
  }

  @Test
  void aPointerThatWasChangedIsRefusedWithTheCheck() {
    String[] parts = sealed("vault", "-r", TARGET, "-p", "kbs").split("\\.", -1);
    parts[2] =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                part(String.join(".", parts), 2).replace("dataset_key", "other").getBytes(UTF_8));

    Screen screen = screen();
    assertThat(
            screen.run(
                "seal", "verify", String.join(".", parts), "--jwk", publicJwk.toString(), "--json"))
        .isEqualTo(1);
    JsonNode json = JsonMapper.shared().readTree(screen.out());
    assertThat(json.path("verdict").asString()).isEqualTo("refused");
    assertThat(json.path("failed_check").asString()).isEqualTo("BAD_SIGNATURE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seal                                            | name a COMMAND: vault, envelope, keygen, verify
          seal vault -r kbs:///a/b/c -p kbs               | --signing-kid KID --signing-jwk-path FILE
          seal --unsigned vault -r a/b/c -p kbs           | --resource-uri 'a/b/c': invalid kbs resource uri
          seal --unsigned vault -r kbs:///a/b/c           | --provider
          seal --unsigned vault -r x -p gcp               | Unsupported provider: gcp; known are aliyun, aws, kbs
          seal --unsigned vault -r x -p aws -a []         | --annotations '[]' is no JSON object
          seal --unsigned vault -r x -p aws --provider-settings {x | --provider-settings '{x' is no JSON object
          seal --unsigned --signing-kid k vault -r kbs:///a/b/c -p kbs | --unsigned goes without
          seal --signing-kid k --signing-jwk-path PUBLIC vault -r kbs:///a/b/c -p kbs | it is no private key
          seal --signing-kid k --signing-jwk-path /no vault -r kbs:///a/b/c -p kbs | cannot read /no
          seal --unsigned envelope -k 1 -f PUBLIC --data-key PUBLIC --wrapped-data-key PUBLIC -p aws | a data key has 32 bytes
          seal --unsigned envelope -k 1 -f PUBLIC --data-key PUBLIC --wrapped-data-key PUBLIC -p kbs | known are aliyun, aws, ehsm
          seal verify PUBLIC --jwk PUBLIC                 | does not begin with 'sealed.'
          seal verify sealed.a.b.c                        | --jwk
          seal keygen --kid ../x                          | --kid '../x' is no name of a file
          """)
  void wrongUsageNamesWhatIsWrong(String line, String named) {
    Screen screen = screen();
    String[] words =
        java.util.Arrays.stream(line.split(" +"))
            .map(word -> word.equals("PUBLIC") ? publicJwk.toString() : word)
            .toArray(String[]::new);

    assertThat(screen.run(words)).isEqualTo(2);
    assertThat(screen.err()).contains(named).doesNotContain("Exception");
    assertThat(screen.out()).isEmpty();
  }
}
