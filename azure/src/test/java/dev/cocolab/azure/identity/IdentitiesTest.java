package dev.cocolab.azure.identity;

import static dev.cocolab.azure.fakes.CanaryWatch.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.identity.CredentialUnavailableException;
import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.SecretText;
import dev.cocolab.azure.Transport;
import dev.cocolab.azure.fakes.CanaryWatch;
import dev.cocolab.azure.fakes.FakeAzure;
import dev.cocolab.azure.fakes.FakeHttps.Asked;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

class IdentitiesTest {
  private static final String SCOPE = "https://management.azure.com/.default";

  @RegisterExtension final CanaryWatch watch = new CanaryWatch();
  private final FakeAzure azure = new FakeAzure();

  @AfterEach
  void stop() {
    azure.close();
  }

  private CloudIdentity find() {
    return new Identities(
            azure.environment(), azure.config().endpoints(), azure.transport(), azure.clock)
        .find(azure.config());
  }

  private List<Asked> tokenRequests() {
    return azure.entra.https().asked("POST", ".*/oauth2/v2.0/token");
  }

  @Test
  void signsInFromGitHubWithoutASecret() {
    CloudIdentity identity = find();

    assertThat(identity.token(SCOPE).value().reveal()).isEqualTo("CANARY-token-1");
    assertThat(identity.description())
        .isEqualTo("GitHub Actions, client aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    assertThat(identity.token(SCOPE).toString()).doesNotContain("CANARY");
    Asked gitHub = azure.entra.https().asked("GET", "/github").get(0);
    assertThat(gitHub.query()).containsEntry("audience", "api://AzureADTokenExchange");
    assertThat(gitHub.headers()).containsEntry("Authorization", "bearer CANARY-request");
    assertThat(tokenRequests()).hasSize(1);
    assertThat(tokenRequests().get(0).path()).startsWith("/" + FakeAzure.TENANT + "/");
    assertThat(tokenRequests().get(0).form())
        .containsEntry("grant_type", "client_credentials")
        .hasEntrySatisfying(
            "client_assertion", text -> assertThat(text).startsWith("CANARY-assertion-"))
        .containsEntry(
            "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        .hasEntrySatisfying("scope", text -> assertThat(text.split(" ")).contains(SCOPE));
  }

  @Test
  void asksForANewAssertionForEachToken() {
    CloudIdentity identity = find();
    identity.token(SCOPE);
    identity.token(SCOPE);
    assertThat(azure.entra.tokens()).isEqualTo(1);

    azure.clock.advance(Duration.ofMinutes(56)); // the token has four minutes left

    assertThat(identity.token(SCOPE).value().reveal()).isEqualTo("CANARY-token-2");
    assertThat(tokenRequests())
        .extracting(asked -> asked.form().get("client_assertion"))
        .hasSize(2)
        .doesNotHaveDuplicates();
  }

  @Test
  void dropsATokenThatAServiceRefused() {
    CloudIdentity identity = find();
    identity.token(SCOPE);

    identity.forget();

    assertThat(identity.token(SCOPE).value().reveal()).isEqualTo("CANARY-token-2");
  }

  @Test
  void readsTheFederatedTokenFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "CANARY-from-file");
    azure.unset("ACTIONS_ID_TOKEN_REQUEST_URL");
    azure.set("AZURE_FEDERATED_TOKEN_FILE", file.toString());
    CloudIdentity identity = find();
    identity.token(SCOPE);

    Files.writeString(file, "CANARY-rotated");
    identity.forget();
    identity.token(SCOPE);

    assertThat(tokenRequests())
        .extracting(asked -> asked.form().get("client_assertion"))
        .containsExactly("CANARY-from-file", "CANARY-rotated");
  }

  @Test
  void signsInAsTheClusterWithItsSecret() {
    Identities identities =
        new Identities(
            azure.environment(), azure.config().endpoints(), azure.transport(), azure.clock);

    CloudIdentity identity =
        identities.servicePrincipal(
            FakeAzure.TENANT, FakeAzure.CLIENT, new SecretText("CANARY-secret"));

    assertThat(identity.token(SCOPE).value().reveal()).isEqualTo("CANARY-token-1");
    assertThat(tokenRequests().get(0).form()).containsEntry("client_secret", "CANARY-secret");
    assertThat(identity.description()).doesNotContain("CANARY");

    identity.forget();

    assertThat(identity.token(SCOPE).value().reveal()).isEqualTo("CANARY-token-2");
  }

  @Test
  void saysWhatAJobLacksThatMayNotAsk() {
    azure.unset("ACTIONS_ID_TOKEN_REQUEST_URL");

    assertThat(refusal(Reason.NO_IDENTITY, () -> find().token(SCOPE)))
        .hasMessage(
            "no Azure identity: this job of GitHub Actions lacks 'permissions: id-token: write'");
  }

  @Test
  void namesTheIdsThatASignInNeeds() {
    azure.unset("AZURE_TENANT_ID");
    azure.unset("AZURE_CLIENT_ID");

    azure.unset("COCOLAB_ARO_CLUSTER");

    assertThat(refusal(Reason.NOT_CONFIGURED, azure::config))
        .hasMessage(
            "the target aro is not configured: set AZURE_CLIENT_ID, AZURE_TENANT_ID,"
                + " COCOLAB_ARO_CLUSTER");
  }

  @ParameterizedTest
  @CsvSource({"403,NO_IDENTITY", "500,UNREACHABLE"})
  void saysThatGitHubGaveNoAssertion(int status, Reason reason) {
    azure.entra.gitHubAnswers(status);

    assertThat(refusal(reason, () -> find().token(SCOPE)))
        .hasMessage(
            "GitHub refused an identity token (HTTP %d); the job needs 'permissions: id-token: write'",
            status);
  }

  @ParameterizedTest
  @CsvSource({
    "AADSTS700024,check the clock",
    "AADSTS700213,environment:azure-nightly",
    "AADSTS90002,AZURE_TENANT_ID",
    "AADSTS123456,look the code up"
  })
  void explainsARefusedSignIn(String code, String remedy) {
    azure.entra.refuse(401, "invalid_client", code + ": The client assertion is not good.");

    assertThat(refusal(Reason.NO_IDENTITY, () -> find().token(SCOPE)))
        .hasMessageContainingAll("sign-in at 127.0.0.1 was refused (" + code + ")", remedy);
  }

  /** Somebody who is signed in, or not, without this machine's own sign-ins. */
  private CloudIdentity developer(TokenCredential credential, Duration patience) {
    azure.unset("ACTIONS_ID_TOKEN_REQUEST_URL");
    azure.unset("GITHUB_ACTIONS");
    return new Identities(
            azure.environment(),
            azure.config().endpoints(),
            Transport.trusting(azure.tls.client(), patience),
            azure.clock,
            tenant -> credential)
        .find(azure.config());
  }

  private record Credential(java.util.function.Supplier<AccessToken> supplier)
      implements TokenCredential {
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
      return Mono.fromSupplier(supplier);
    }

    @Override
    public AccessToken getTokenSync(TokenRequestContext request) {
      return supplier.get();
    }
  }

  @Test
  void takesADevelopersSignInLast() {
    CloudIdentity identity =
        developer(
            new Credential(
                () ->
                    new AccessToken(
                        "CANARY-own",
                        java.time.OffsetDateTime.now(java.time.ZoneOffset.UTC).plusHours(1))),
            Duration.ofSeconds(5));

    assertThat(identity.token(SCOPE).value().reveal()).isEqualTo("CANARY-own");
    assertThat(identity.description()).isEqualTo("a developer's sign-in");
  }

  static Stream<RuntimeException> nobody() {
    return Stream.of(
        new CredentialUnavailableException("pages of text\nwith CANARY"),
        // What the real chain ends in on a machine without any sign-in: the metadata service.
        new ClientAuthenticationException("Managed identity CANARY", null),
        new IllegalStateException(new ConnectException("CANARY")));
  }

  @ParameterizedTest
  @MethodSource("nobody")
  void saysInOneSentenceThatNobodyIsSignedIn(RuntimeException problem) {
    CloudIdentity nobody =
        developer(
            new Credential(
                () -> {
                  throw problem;
                }),
            Duration.ofSeconds(5));

    assertThat(refusal(Reason.NO_IDENTITY, () -> nobody.token(SCOPE)))
        .hasMessage(
            "no Azure identity: run 'az login', or set AZURE_CLIENT_ID, AZURE_TENANT_ID and"
                + " AZURE_FEDERATED_TOKEN_FILE, or in GitHub Actions give the job 'id-token:"
                + " write'");
  }

  @Test
  void namesTheCodeOfADevelopersSignInThatHasExpired() {
    CloudIdentity expired =
        developer(
            new Credential(
                () -> {
                  throw new ClientAuthenticationException("az: AADSTS70043: expired", null);
                }),
            Duration.ofSeconds(5));

    assertThat(refusal(Reason.NO_IDENTITY, () -> expired.token(SCOPE)))
        .hasMessageContaining("run 'az login'")
        .hasMessageEndingWith("(AADSTS70043)");
  }

  @Test
  void waitsSecondsForASignInThatHangs() {
    CountDownLatch never = new CountDownLatch(1);
    CloudIdentity hanging =
        developer(
            new Credential(
                () -> {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return null;
                }),
            Duration.ofMillis(500));

    assertThat(refusal(Reason.NO_IDENTITY, () -> hanging.token(SCOPE)))
        .hasMessageStartingWith("no Azure identity: run 'az login'");
  }

  @Test
  void doesNotSendTokensWithoutTls() {
    azure.set("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:1/github");

    assertThat(refusal(Reason.REFUSED, () -> find().token(SCOPE)))
        .hasMessage("refusing to ask 127.0.0.1 without TLS");
  }

  @Test
  void readsItsSettingsOnce() {
    AroConfig config = azure.config();

    assertThat(config.endpoints().armScope()).isEqualTo(azure.arm.https().address() + "/.default");
  }
}
