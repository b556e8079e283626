package dev.cocolab.blobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A server with one account for each test, and Azure's own client as owner of the account. */
abstract class SdkHarness {

  static final byte[] TEXT = "Salted__ and the rest".getBytes(StandardCharsets.UTF_8);

  private static Vertx vertx;

  final StorageAccount account = StorageAccount.generate("encrypteddatasets", new SecureRandom());
  BlobServer server;
  BlobServiceClient owner;

  @BeforeAll
  static void startVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopVertx() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @BeforeEach
  void start() {
    startWith(Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  void startWith(Clock clock) {
    server =
        BlobServer.start(BlobServerOptions.builder(vertx).account(account).clock(clock).build());
    owner =
        client()
            .credential(new StorageSharedKeyCredential(account.name(), account.keyBase64()))
            .buildClient();
  }

  BlobServiceClientBuilder client() {
    return new BlobServiceClientBuilder()
        .endpoint(server.endpoint(account.name()).toString())
        .httpClient(new JdkHttpClientBuilder().build())
        .retryOptions(
            new RequestRetryOptions(
                RetryPolicyType.FIXED, 1, Duration.ofSeconds(10), null, null, null));
  }

  BlobClient uploaded(String name, byte[] content) {
    BlobClient blob = owner.createBlobContainerIfNotExists("data").getBlobClient(name);
    blob.upload(BinaryData.fromBytes(content), true);
    return blob;
  }

  BlobClient withSas(String blob, String sas) {
    return client().sasToken(sas).buildClient().getBlobContainerClient("data").getBlobClient(blob);
  }

  static OffsetDateTime now() {
    return OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
  }

  static BlobStorageException refusal(Runnable call) {
    BlobStorageException refused = catchThrowableOfType(BlobStorageException.class, call::run);
    assertThat(refused).as("the call is refused").isNotNull();
    return refused;
  }
}
