package dev.cocolab.azure.identity;

import static dev.cocolab.azure.fakes.CanaryWatch.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Transport;
import dev.cocolab.azure.fakes.CanaryWatch;
import dev.cocolab.azure.fakes.FakeAzure;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/**
 * Public reports of authority validation (web3signer PR 1222, azure-cli issue 32820): the library
 * asks the public cloud whether a sign-in host is genuine, unless the host is a test's own; a
 * switch that turns this off for tests must not be on for everybody.
 */
class AuthorityTest {
  private static final String SCOPE = "https://management.azure.com/.default";

  @RegisterExtension final CanaryWatch watch = new CanaryWatch();

  /** There is no network: each request is noted and fails as without one. */
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private final com.azure.core.http.HttpClient offline =
      new com.azure.core.http.HttpClient() {
        @Override
        public Mono<HttpResponse> send(HttpRequest request) {
          asked.add(request.getUrl().getHost() + request.getUrl().getPath());
          return Mono.error(new UnknownHostException("no network"));
        }

        @Override
        public HttpResponse sendSync(HttpRequest request, Context context) {
          asked.add(request.getUrl().getHost() + request.getUrl().getPath());
          throw new UncheckedIOException(new UnknownHostException("no network"));
        }
      };

  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>(FakeAzure.settings());

  @BeforeEach
  void tokenFile() throws Exception {
    Path file = Files.writeString(folder.resolve("t"), "CANARY-assertion");
    environment.put("AZURE_FEDERATED_TOKEN_FILE", file.toString());
  }

  private CloudIdentity identity() {
    AroConfig config = AroConfig.of(environment);
    Transport transport =
        new Transport(HttpClient.newHttpClient(), offline, Duration.ofSeconds(10));
    return new Identities(environment, config.endpoints(), transport, Clock.systemUTC())
        .find(config);
  }

  @Test
  void asksNobodyButTheHostThatIsSet() {
    environment.put("AZURE_AUTHORITY_HOST", "https://localhost:8443/");

    assertThat(refusal(Reason.UNREACHABLE, () -> identity().token(SCOPE)))
        .hasMessage(
            "sign-in: localhost cannot be reached; check the network and AZURE_AUTHORITY_HOST");
    assertThat(asked).isNotEmpty().allMatch(one -> one.startsWith("localhost/" + FakeAzure.TENANT));
  }

  @Test
  void validatesTheAuthorityWhereNoneIsSet() {
    assertThat(refusal(Reason.UNREACHABLE, () -> identity().token(SCOPE)))
        .hasMessageContaining("login.microsoftonline.com cannot be reached");
    assertThat(asked)
        .isNotEmpty()
        .allMatch(one -> one.startsWith("login.microsoftonline.com/common/discovery/instance"));
  }

  @Test
  void validatesThePublicAuthorityAlsoWhenItIsSpelledOut() {
    environment.put("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com/");

    refusal(Reason.UNREACHABLE, () -> identity().token(SCOPE));
    assertThat(asked)
        .isNotEmpty()
        .allMatch(one -> one.startsWith("login.microsoftonline.com/common/discovery/instance"));
  }

  @Test
  void refusesAnAuthorityWithoutTls() {
    environment.put("AZURE_AUTHORITY_HOST", "http://localhost:8443/");

    assertThat(refusal(Reason.NOT_CONFIGURED, this::identity))
        .hasMessageContaining("AZURE_AUTHORITY_HOST is not an https:// address");
    assertThat(asked).isEmpty();
  }
}
