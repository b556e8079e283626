package dev.cocolab.azure.blobs;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import com.azure.storage.common.sas.SasProtocol;
import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.SecretText;
import dev.cocolab.azure.Timed;
import dev.cocolab.azure.Transport;
import dev.cocolab.azure.identity.CloudIdentity;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** The real {@link RunContainer}, on Azure's own storage client. */
public final class AzureRunContainer implements RunContainer {
  private static final Duration BACKDATED = Duration.ofMinutes(15);

  /** A key for signing lives seven days at most. */
  private static final Duration LONGEST = Duration.ofDays(6);

  private static final Duration TIME = Duration.ofSeconds(90);

  private final AroConfig config;
  private final CloudIdentity identity;
  private final Transport transport;
  private final Clock clock;
  private final URI endpoint;
  private final String name;

  /**
   * A container.
   *
   * @param purpose first part of its name, lower-case letters, digits and single hyphens
   */
  public AzureRunContainer(
      AroConfig config,
      CloudIdentity identity,
      Transport transport,
      Clock clock,
      String purpose,
      String runId) {
    this.config = config;
    this.identity = identity;
    this.transport = transport;
    this.clock = clock;
    this.endpoint =
        config
            .endpoints()
            .blob()
            .orElse(
                URI.create("https://%s.blob.core.windows.net".formatted(config.storageAccount())));
    this.name = nameOf(purpose, runId);
  }

  /** Container names are lower case, 3 to 63 characters, without two hyphens in a row. */
  static String nameOf(String purpose, String runId) {
    String folded =
        (purpose + "-" + RunTags.checkRunId(runId))
            .toLowerCase(Locale.ROOT)
            .replaceAll("-{2,}", "-");
    String cut = folded.length() <= 63 ? folded : folded.substring(0, 63);
    return cut.replaceFirst("-$", "");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void create() {
    with(
        "make the container " + name,
        service -> {
          try {
            container(service).create();
          } catch (BlobStorageException e) {
            // Not createIfNotExists: it takes a container that is being deleted for one that
            // exists.
            if (!BlobErrorCode.CONTAINER_ALREADY_EXISTS.equals(e.getErrorCode())) {
              throw e;
            }
          }
          return true;
        });
  }

  @Override
  public void put(String blob, byte[] content) {
    with(
        "upload " + blob,
        service -> {
          container(service).getBlobClient(blob).upload(BinaryData.fromBytes(content), true);
          return true;
        });
  }

  @Override
  public void remove(String blob) {
    with("delete " + blob, service -> container(service).getBlobClient(blob).deleteIfExists());
  }

  @Override
  public URI address(String blob) {
    return URI.create(container(service()).getBlobClient(blob).getBlobUrl());
  }

  @Override
  public SecretText readSignature(String blob, Duration validity) {
    if (validity.isNegative() || validity.isZero() || validity.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a signature is valid for up to six days");
    }
    OffsetDateTime now = now();
    return sign(blob, now.minus(BACKDATED), now.plus(validity), now.plus(validity));
  }

  @Override
  public SecretText expiredSignature(String blob, Duration age) {
    OffsetDateTime now = now();
    // A key that is over cannot be had, so a living one signs for the past.
    return sign(blob, now.minus(age.multipliedBy(2)), now.minus(age), now.plus(BACKDATED));
  }

  private OffsetDateTime now() {
    return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)
        .truncatedTo(ChronoUnit.SECONDS);
  }

  private SecretText sign(
      String blob, OffsetDateTime start, OffsetDateTime end, OffsetDateTime keyEnd) {
    BlobServiceSasSignatureValues values =
        new BlobServiceSasSignatureValues(end, new BlobSasPermission().setReadPermission(true))
            .setStartTime(start)
            .setProtocol(SasProtocol.HTTPS_ONLY);
    return with(
        "sign access to " + blob,
        service -> {
          var client = container(service).getBlobClient(blob);
          return new SecretText(
              config.storageKey().isPresent()
                  ? client.generateSas(values)
                  : client.generateUserDelegationSas(
                      values,
                      service.getUserDelegationKey(start, keyEnd),
                      config.storageAccount(),
                      com.azure.core.util.Context.NONE));
        });
  }

  @Override
  public void delete() {
    with("delete the container " + name, service -> container(service).deleteIfExists());
  }

  private BlobContainerClient container(BlobServiceClient service) {
    return service.getBlobContainerClient(name);
  }

  /** The client keeps its token, so there is a new one for each call; it opens no connection. */
  private BlobServiceClient service() {
    BlobServiceClientBuilder builder =
        new BlobServiceClientBuilder()
            .endpoint(endpoint.toString())
            .httpClient(transport.azure())
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.FIXED,
                    2,
                    transport.answer(),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(1),
                    null));
    return config
        .storageKey()
        .map(
            key ->
                builder.credential(
                    new StorageSharedKeyCredential(config.storageAccount(), key.reveal())))
        .orElseGet(() -> builder.credential(new FromIdentity(identity)))
        .buildClient();
  }

  private <T> T with(String what, Function<BlobServiceClient, T> call) {
    boolean renewed = false;
    while (true) {
      try {
        Duration time =
            TIME.compareTo(transport.answer().multipliedBy(6)) < 0
                ? TIME
                : transport.answer().multipliedBy(6);
        return Timed.call(endpoint.getHost(), time, () -> call.apply(service()));
      } catch (Exception e) {
        if (e instanceof BlobStorageException refused
            && refused.getStatusCode() == 401
            && !renewed
            && config.storageKey().isEmpty()) {
          renewed = true;
          identity.forget();
          continue;
        }
        throw BlobFailure.of(e, what, config.storageAccount(), endpoint.getHost());
      }
    }
  }

  /** Our identity in the form that Azure's library takes. */
  private record FromIdentity(CloudIdentity identity) implements TokenCredential {
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
      return Mono.fromCallable(() -> getTokenSync(request));
    }

    @Override
    public AccessToken getTokenSync(TokenRequestContext request) {
      CloudIdentity.Token token = identity.token(request.getScopes().get(0));
      return new AccessToken(
          token.value().reveal(), OffsetDateTime.ofInstant(token.expiresAt(), ZoneOffset.UTC));
    }
  }
}
