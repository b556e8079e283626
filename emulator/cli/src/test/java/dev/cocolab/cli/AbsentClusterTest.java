package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A load in pods of a cluster whose API server is not there, or whose credentials are no use. */
class AbsentClusterTest {
  private static final String PASSWORD = "changeit";

  private final Screen screen = new Screen(LabProcess.ENVIRONMENT);
  @TempDir private Path folder;

  @BeforeEach
  void home() throws IOException {
    Files.createDirectories(LabProcess.HOME);
  }

  private int attest(String user, String... options) throws IOException {
    Path kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: u, user: {%s}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """
                .formatted(user));
    List<String> line = new ArrayList<>(List.of("bench", "attest", "--url", "http://kbs:8080"));
    line.addAll(List.of("--in-cluster", "--kubeconfig", kubeconfig.toString()));
    line.addAll(List.of(options));
    return screen.run(line.toArray(String[]::new));
  }

  private void isUnreachable(int code) {
    assertThat(screen.err())
        .contains("the cluster did not run the Job cocolab-load-")
        .contains("https://127.0.0.1:1")
        .doesNotContain("unexpected failure");
    assertThat(code).isEqualTo(4);
  }

  @Test
  void anApiServerThatIsNotThereIsUnreachable() throws Exception {
    isUnreachable(attest("token: abc"));
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 256"})
  void clientKeysOfEitherKindAreUsed(String algorithm, String bits) throws Exception {
    KeyStore keys = keys(algorithm, bits);
    Key key = keys.getKey("one", PASSWORD.toCharArray());
    String user =
        "client-certificate-data: %s, client-key-data: %s"
            .formatted(
                pem("CERTIFICATE", keys.getCertificate("one").getEncoded()),
                pem("PRIVATE KEY", key.getEncoded()));

    isUnreachable(attest(user));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client-certificate-data: AAAA, client-key-data: AAAA",
        "client-certificate: /no/such, client-key: /no/such"
      })
  void aCertificateThatCannotBeReadIsUsage(String user) throws Exception {
    int code = attest(user);

    assertThat(screen.err())
        .contains("the client certificate in the kubeconfig cannot be read")
        .doesNotContain("unexpected failure");
    assertThat(code).isEqualTo(2);
  }

  @Test
  void aKeyThatCannotBeReadIsUsage() throws Exception {
    String certificate = pem("CERTIFICATE", keys("EC", "256").getCertificate("one").getEncoded());

    int code =
        attest(
            "client-certificate-data: %s, client-key-data: %s"
                .formatted(certificate, pem("PRIVATE KEY", new byte[] {1, 2, 3})));

    assertThat(screen.err())
        .contains("the credentials in the kubeconfig cannot be used")
        .doesNotContain("unexpected failure");
    assertThat(code).isEqualTo(2);
  }

  private KeyStore keys(String algorithm, String bits) throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-genkeypair",
                "-alias",
                "one",
                "-keyalg",
                algorithm,
                "-keysize",
                bits,
                "-dname",
                "CN=admin",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  /** As a kubeconfig has it: PEM, in base64 once more. */
  private static String pem(String what, byte[] der) {
    String text =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), what);
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
