package dev.cocolab.azure.identity;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.identity.AadCredentialBuilderBase;
import com.azure.identity.ClientAssertionCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Endpoints;
import dev.cocolab.azure.Https;
import dev.cocolab.azure.SecretText;
import dev.cocolab.azure.Transport;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Finds out who we are, in this order: a job of GitHub Actions, a federated token in a file, a
 * developer who is signed in.
 */
public final class Identities {
  static final String TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Map<String, String> environment;
  private final Endpoints endpoints;
  private final Transport transport;
  private final Clock clock;
  private final Function<Optional<String>, TokenCredential> developer;

  /** With the developer's sign-in that Azure's library finds. */
  public Identities(
      Map<String, String> environment, Endpoints endpoints, Transport transport, Clock clock) {
    this(
        environment,
        endpoints,
        transport,
        clock,
        tenant -> developer(tenant, endpoints, transport));
  }

  /** With a developer's sign-in of the caller's. */
  Identities(
      Map<String, String> environment,
      Endpoints endpoints,
      Transport transport,
      Clock clock,
      Function<Optional<String>, TokenCredential> developer) {
    this.environment = Map.copyOf(environment);
    this.endpoints = endpoints;
    this.transport = transport;
    this.clock = clock;
    this.developer = developer;
  }

  /**
   * The identity of this process. Asks nobody yet; where what is there cannot work, its first token
   * says so.
   */
  public CloudIdentity find(AroConfig config) {
    try {
      return who(config);
    } catch (AzureException e) {
      return new Nobody(e.reason(), e.getMessage());
    }
  }

  private CloudIdentity who(AroConfig config) {
    Optional<GitHubAssertions> gitHub =
        GitHubAssertions.in(environment, new Https(transport), transport.answer());
    if (gitHub.isPresent()) {
      Ids ids = ids(config, "GitHub Actions");
      return signedIn(
          "GitHub Actions, client " + ids.client(), () -> asserted(ids, gitHub.get()::next));
    }
    String file = environment.getOrDefault(TOKEN_FILE, "").strip();
    if (!file.isEmpty()) {
      Ids ids = ids(config, TOKEN_FILE);
      return signedIn(
          "federated token in a file, client " + ids.client(),
          () -> asserted(ids, () -> AssertionFile.read(Path.of(file))));
    }
    if ("true".equals(environment.get("GITHUB_ACTIONS"))
        && environment.getOrDefault("AZURE_TOKEN_CREDENTIALS", "").isBlank()) {
      throw new AzureException(
          Reason.NO_IDENTITY,
          "no Azure identity: this job of GitHub Actions lacks 'permissions: id-token: write'");
    }
    return signedIn(
        "a developer's sign-in",
        () -> developer.apply(config.tenant()),
        SignInFailure::ofDeveloper);
  }

  /**
   * A service principal with a secret, as a cluster keeps its own in {@code
   * kube-system/azure-credentials}. The secret stays in memory.
   */
  public CloudIdentity servicePrincipal(String tenant, String client, SecretText secret) {
    return signedIn(
        "service principal " + client,
        () ->
            at(new ClientSecretCredentialBuilder(), new Ids(tenant, client))
                .clientSecret(secret.reveal())
                .build());
  }

  private record Ids(String tenant, String client) {}

  private static Ids ids(AroConfig config, String why) {
    List<String> missing = new ArrayList<>();
    if (config.client().isEmpty()) {
      missing.add(AroConfig.CLIENT);
    }
    if (config.tenant().isEmpty()) {
      missing.add(AroConfig.TENANT);
    }
    if (!missing.isEmpty()) {
      throw new AzureException(
          Reason.NOT_CONFIGURED,
          "signing in by %s: set %s".formatted(why, String.join(", ", missing)));
    }
    return new Ids(config.tenant().orElseThrow(), config.client().orElseThrow());
  }

  private CloudIdentity signedIn(String description, Supplier<TokenCredential> source) {
    return signedIn(description, source, e -> SignInFailure.of(e, endpoints.authority().getHost()));
  }

  private CloudIdentity signedIn(
      String description,
      Supplier<TokenCredential> source,
      Function<Exception, AzureException> explanation) {
    Duration patience =
        transport.answer().compareTo(PATIENCE) < 0 ? transport.answer().multipliedBy(2) : PATIENCE;
    return new SignedIn(
        description, endpoints.authority().getHost(), source, clock, patience, explanation);
  }

  /**
   * The library's own credential for files goes past our transport, and reads the file through a
   * cache; what it sends is the same.
   */
  private TokenCredential asserted(Ids ids, Supplier<String> assertion) {
    return at(new ClientAssertionCredentialBuilder(), ids).clientAssertion(assertion).build();
  }

  private <T extends AadCredentialBuilderBase<T>> T at(T builder, Ids ids) {
    builder
        .tenantId(ids.tenant())
        .clientId(ids.client())
        .authorityHost(endpoints.authority() + "/")
        .httpClient(transport.azure())
        .retryOptions(retries());
    // Only for an authority that the public cloud does not know: asked about one that it knows, the
    // library's check is what keeps an assertion from going to a stranger.
    return endpoints.authorityOverridden() ? builder.disableInstanceDiscovery() : builder;
  }

  private static TokenCredential developer(
      Optional<String> tenant, Endpoints endpoints, Transport transport) {
    DefaultAzureCredentialBuilder builder =
        new DefaultAzureCredentialBuilder()
            .authorityHost(endpoints.authority() + "/")
            .httpClient(transport.azure())
            .retryOptions(retries())
            .credentialProcessTimeout(Duration.ofSeconds(10));
    tenant.ifPresent(builder::tenantId);
    if (endpoints.authorityOverridden()) {
      builder.disableInstanceDiscovery();
    }
    return builder.build();
  }

  private static RetryOptions retries() {
    return new RetryOptions(new FixedDelayOptions(1, Duration.ofMillis(300)));
  }
}
