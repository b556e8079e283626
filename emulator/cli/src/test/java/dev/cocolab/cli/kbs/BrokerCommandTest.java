package dev.cocolab.cli.kbs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.CommandScreen;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.authority.LabAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerCommandTest {
  private static final String OPEN = "sockets = [\"127.0.0.1:0\"]\ninsecure_http = true";

  @TempDir private Path folder;

  private CommandScreen refused(int code, String... arguments) {
    CommandScreen screen = new CommandScreen(folder);
    assertThat(screen.run(arguments)).as(screen.err()).isEqualTo(code);
    assertThat(screen.out()).isEmpty();
    return screen;
  }

  /** The vendors' roots come with the program; emulated ones would have to be made. */
  private String[] line(Path config, String... more) {
    String[] line = {"broker", "--config", config.toString(), "--roots", "vendor"};
    String[] out = Arrays.copyOf(line, line.length + more.length);
    System.arraycopy(more, 0, out, line.length, more.length);
    return out;
  }

  @Test
  void itSaysWhereItListensAndTakesItsReadyFileWithIt() throws IOException {
    try (RunningBroker broker = new RunningBroker(folder, OPEN, "--roots", "vendor")) {
      String url = broker.url();
      assertThat(broker.screen().out()).isEqualToIgnoringNewLines("LISTENING " + url);
      assertThat(url).startsWith("http://127.0.0.1:");
      broker.kbs(0, "config", "set-resource-policy", "--deny-all");
      assertThat(broker.stop()).isEqualTo(130);
      assertThat(broker.readyFile()).doesNotExist();
      assertThat(broker.screen().err()).contains("Starting HTTP server", "/kbs/v0/resource-policy");
    }
  }

  @Test
  void aMistypedKeyIsRefusedOnRequestAndNamed() {
    Path config = RunningBroker.write(folder, OPEN + "\nworker_cout = 2");

    assertThat(refused(2, line(config, "--strict")).err())
        .contains(
            "unknown key `http_server.worker_cout`", "did you mean `http_server.worker_count`?");
    assertThat(refused(2, line(config, "--stance", "lax")).err())
        .contains("there is no stance 'lax'; known: compatible, strict");
  }

  @Test
  void itSpeaksTlsWithTheConfiguredIdentityAndAnswersOnEveryAddressWhereAsked() throws IOException {
    Identity identity =
        LabAuthority.selfSigned(
            "kbs",
            List.of("localhost"),
            List.of("127.0.0.1"),
            new SecureRandom(),
            Clock.systemUTC());
    Path key = Files.writeString(folder.resolve("key.pem"), identity.keyPem());
    Path certificate = Files.writeString(folder.resolve("cert.pem"), identity.certificatePem());
    String http =
        "sockets = [\"0.0.0.0:0\"]\nprivate_key = \"%s\"\ncertificate = \"%s\""
            .formatted(key, certificate);
    try (RunningBroker broker = new RunningBroker(folder, http, "--roots", "vendor")) {
      assertThat(broker.url()).startsWith("https://127.0.0.1:");
      broker.kbs(
          0, "--cert-file", certificate.toString(), "config", "get-resource-policy", "--json");
      assertThat(broker.kbs(4, "config", "get-resource-policy").err())
          .contains("name the broker's certificate with --cert-file");
    }
  }

  @Test
  void aPortThatIsTakenIsTheMachinesFaultAndNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path config =
          RunningBroker.write(
              folder,
              "sockets = [\"127.0.0.1:%d\"]\ninsecure_http = true".formatted(taken.getLocalPort()));
      assertThat(refused(3, line(config)).err())
          .contains(
              "failed to listen on [127.0.0.1:" + taken.getLocalPort(),
              "change `sockets` in " + config);
    }
  }

  @Test
  void whatCannotBeReadIsNamedWithItsLine() throws IOException {
    Path absent = folder.resolve("none.toml");
    assertThat(refused(2, line(absent)).err()).contains("cannot read " + absent);
    Path broken =
        Files.writeString(folder.resolve("broken.toml"), "[http_server]\nsockets = [\n]]");
    assertThat(refused(2, line(broken)).err()).contains(broken + ":3", "TOML parse error");
    Path other = Files.writeString(folder.resolve("kbs.json"), "{}");
    assertThat(refused(2, line(other)).err()).contains(other + ": only TOML files");
  }

  @Test
  void aKeyThatIsNoneIsNamed() throws IOException {
    Path key = Files.writeString(folder.resolve("key.pem"), "no key");
    Path config =
        RunningBroker.write(
            folder,
            "sockets = [\"127.0.0.1:0\"]\nprivate_key = \"%s\"\ncertificate = \"%1$s\""
                .formatted(key));
    assertThat(refused(2, line(config)).err()).contains(key.toString()).doesNotContain("\tat ");
  }

  @Test
  void wrongArgumentsAreUsage() {
    Path config = RunningBroker.write(folder, OPEN);
    assertThat(refused(2, "broker").err()).contains("--config");
    assertThat(refused(2, line(config, "--profile", "v9")).err()).contains("redhat-1.2, upstream");
    assertThat(refused(2, "broker", "-c", config.toString(), "--roots", "/nowhere").err())
        .contains("--roots /nowhere");
    assertThat(refused(2, line(config, "--ready-file", "/nowhere/ready")).err())
        .contains("cannot write --ready-file /nowhere/ready");
  }
}
