package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.Tee;
import dev.cocolab.load.LoadException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
  @TempDir private static Path folder;

  private static Preflight preflight(String url, Optional<String> ca) {
    LoadPlan plan =
        new LoadPlan(
            KbsAddress.parse(url),
            Tee.SAMPLE,
            1,
            new Demand.Clients(1),
            Duration.ZERO,
            Duration.ofSeconds(1),
            "default/a/b",
            ca,
            false,
            Duration.ofSeconds(2),
            Path.of("target/no-platform"));
    return new Preflight(plan, ServerTrust.of(ca));
  }

  private static LoadException refused(String url, Optional<String> ca) {
    return catchThrowableOfType(LoadException.class, () -> preflight(url, ca).check());
  }

  @Test
  void aBrokerIsOneAlsoWhenItRefuses() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer()
            .on(
                "/kbs/v0/auth",
                401,
                Optional.empty(),
                "{\"type\":\"https://github.com/confidential-containers/kbs/errors/X\","
                    + "\"detail\":\"no\"}")) {
      assertThat(preflight(server.url(), Optional.empty()).check()).isEmpty();
    }
  }

  @Test
  void anAddressOfSomethingElse() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer().on("/", 200, Optional.empty(), "<html>Welcome to nginx</html>")) {
      LoadException e = refused(server.url(), Optional.empty());
      assertThat(e.reason()).isEqualTo(Reason.NOT_A_KBS);
      assertThat(e)
          .hasMessage(
              server.url()
                  + " is no Key Broker Service: POST /kbs/v0/auth answers 200"
                  + " (<html>Welcome to nginx</html>); check --url");
    }
  }

  @Test
  void nobody() {
    LoadException e = refused("http://127.0.0.1:1", Optional.empty());
    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e).hasMessageContaining("cannot connect to http://127.0.0.1:1: Connection refused");
  }

  @Test
  void certificates() throws Exception {
    Path root = folder.resolve("kbs");
    try (TestKbs kbs = new TestKbs(root)) {
      String url = "https://127.0.0.1:" + kbs.port();
      String own = Files.readString(root.resolve("etc/https-cert/certificate"));

      assertThat(preflight(url, Optional.of(own)).check())
          .hasValueSatisfying(shown -> assertThat(shown.chain()).hasSize(1));

      LoadException e = refused(url, Optional.empty());
      assertThat(e.reason()).isEqualTo(Reason.UNTRUSTED);
      assertThat(e)
          .hasMessageContaining("the certificate of " + url + " is not trusted")
          .hasMessageContaining("--ca FILE");

      LoadException other = refused(url, Optional.of(TestCertificate.server().pem()));
      assertThat(other.reason()).as("trust in somebody else").isEqualTo(Reason.UNTRUSTED);
    }
    TestCertificate elsewhere = TestCertificate.server("127.0.0.9");
    try (TestKbs kbs = new TestKbs(folder.resolve("misnamed"), elsewhere)) {
      LoadException e = refused("https://127.0.0.1:" + kbs.port(), Optional.of(elsewhere.pem()));
      assertThat(e.reason()).as("a name that it is not for").isEqualTo(Reason.UNTRUSTED);
      assertThat(e).hasMessageContaining("127.0.0.1");
    }
  }

  @Test
  void plainHttpWhereTlsIsAskedFor() throws Exception {
    try (PlainServer server = new PlainServer()) {
      LoadException e = refused("https://127.0.0.1:" + server.port(), Optional.empty());
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(e).hasMessageContaining("is it a plain http:// address?");
    }
  }

  @Test
  void aFileOfCertificatesThatHoldsNone() {
    LoadException e =
        catchThrowableOfType(LoadException.class, () -> ServerTrust.of(Optional.of("nothing")));
    assertThat(e.reason()).isEqualTo(Reason.BAD_INPUT);
  }
}
