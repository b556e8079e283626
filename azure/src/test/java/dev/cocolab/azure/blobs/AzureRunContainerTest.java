package dev.cocolab.azure.blobs;

import static dev.cocolab.azure.fakes.CanaryWatch.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.SecretText;
import dev.cocolab.azure.fakes.CanaryWatch;
import dev.cocolab.azure.fakes.FakeAzure;
import dev.cocolab.azure.fakes.FakeBlobs;
import dev.cocolab.blobstore.BlobServer;
import dev.cocolab.blobstore.BlobServerOptions;
import dev.cocolab.blobstore.StorageAccount;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureRunContainerTest {
  private static final byte[] DATA = "Salted__dataset".getBytes(StandardCharsets.UTF_8);

  @RegisterExtension final CanaryWatch watch = new CanaryWatch();
  private final FakeAzure azure = new FakeAzure();

  @AfterEach
  void stop() {
    azure.close();
  }

  private RunContainer container() {
    return azure.access().container("run-7");
  }

  private HttpResponse<String> get(URI address, String query) throws Exception {
    return azure
        .transport()
        .plain()
        .send(
            HttpRequest.newBuilder(URI.create(address + "?" + query)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Nested
  class WithAnIdentity {
    private final FakeBlobs blobs = new FakeBlobs(azure.tls, azure.entra);

    @BeforeEach
    void pointAtTheBlobs() {
      azure.set("COCOLAB_AZURE_BLOB_ENDPOINT", blobs.endpoint());
    }

    @AfterEach
    void stop() {
      blobs.close();
    }

    @Test
    void sharesABlobBySignatureAndDeletesAllAfterwards() throws Exception {
      RunContainer container = container();
      container.create();
      container.create(); // a run that is started again
      container.put("dataset.enc", DATA);
      SecretText signature = container.readSignature("dataset.enc", Duration.ofHours(2));
      URI address = container.address("dataset.enc");

      assertThat(address.toString()).isEqualTo(blobs.endpoint() + "/cocolab-run-7/dataset.enc");
      assertThat(get(address, signature.reveal()).body())
          .isEqualTo(new String(DATA, StandardCharsets.UTF_8));
      assertThat(get(address, signature.reveal().replace("sp=r", "sp=rw")).statusCode())
          .isEqualTo(403);
      assertThat(signature.toString()).isEqualTo("(secret)");
      assertThat(signature.reveal()).contains("spr=https", "skoid=oid");

      container.delete();
      container.delete(); // gone already
      assertThat(blobs.containers()).isEmpty();
    }

    @Test
    void signsForATimeThatIsOver() throws Exception {
      RunContainer container = container();
      container.create();
      container.put("d", DATA);
      SecretText expired = container.expiredSignature("d", Duration.ofHours(1));

      assertThat(get(container.address("d"), expired.reveal()).statusCode()).isEqualTo(403);
      blobs.clockBehind(Duration.ofMinutes(90)); // it is good but for its time
      assertThat(get(container.address("d"), expired.reveal()).statusCode()).isEqualTo(200);
    }

    @Test
    void removesABlobAndLeavesTheOthers() throws Exception {
      RunContainer container = container();
      container.create();
      container.put("d", DATA);
      container.put("e", DATA);
      SecretText signature = container.readSignature("d", Duration.ofHours(1));

      container.remove("d");
      container.remove("d"); // gone already

      assertThat(blobs.blobs()).containsExactly("/cocolab-run-7/e");
      assertThat(get(container.address("d"), signature.reveal()).statusCode()).isEqualTo(404);
    }

    /** Public reports of addresses that are "not yet valid": the storage's clock is behind. */
    @ParameterizedTest
    @CsvSource({"0,200", "800,200", "360000,200", "1200000,403"})
    void signsBackInTime(long behindMillis, int status) throws Exception {
      RunContainer container = container();
      container.create();
      container.put("d", DATA);
      SecretText signature = container.readSignature("d", Duration.ofHours(1));

      blobs.clockBehind(Duration.ofMillis(behindMillis));

      assertThat(get(container.address("d"), signature.reveal()).statusCode()).isEqualTo(status);
    }

    @Test
    void getsANewTokenWhenTheOldOneEnds() {
      RunContainer container = container();
      container.create();
      azure.entra.revokeAll();

      container.put("d", DATA);

      assertThat(azure.entra.tokens()).isEqualTo(2);
    }

    @Test
    void givesUpWhenANewTokenIsRefusedToo() {
      blobs.refuse(401, "InvalidAuthenticationInfo");

      assertThat(refusal(Reason.NO_IDENTITY, container()::create))
          .hasMessageContaining("labaccount refuses the token (InvalidAuthenticationInfo)");
      assertThat(azure.entra.tokens()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
      "403,AuthorizationPermissionMismatch,NO_RIGHTS,Storage Blob Data Contributor",
      "409,ContainerBeingDeleted,CONFLICT,try again later",
      "400,OutOfRangeInput,REFUSED,OutOfRangeInput",
      "500,InternalError,UNREACHABLE,InternalError"
    })
    void explainsWhatTheAccountRefuses(int status, String code, Reason reason, String text) {
      blobs.refuse(status, code);

      assertThat(refusal(reason, container()::create)).hasMessageContaining(text);
    }

    @Test
    void doesNotUploadIntoNothing() {
      assertThat(refusal(Reason.NOT_FOUND, () -> container().put("d", DATA)))
          .hasMessage("cannot upload d: there is no such thing (ContainerNotFound)");
    }

    @Test
    void namesTheAccountThatDoesNotAnswer() {
      blobs.close();

      assertThat(refusal(Reason.UNREACHABLE, container()::create))
          .hasMessageContaining("the storage account labaccount does not answer (127.0.0.1)");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 145})
    void signsForSixDaysAtMost(long hours) {
      assertThatThrownBy(() -> container().readSignature("d", Duration.ofHours(hours)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Against our own blob store, which checks service signatures with the account's key. */
  @Nested
  class WithTheAccountsKey {
    private final Vertx vertx = Vertx.vertx();
    private final StorageAccount account =
        StorageAccount.of(
            "labaccount", "CANARY-key-of-thirty-six-bytes-or-so".getBytes(StandardCharsets.UTF_8));
    private final BlobServer server =
        BlobServer.start(
            BlobServerOptions.builder(vertx)
                .account(account)
                .tls(
                    new BlobServerOptions.TlsIdentity(
                        azure.tls.certificatePem(), azure.tls.keyPem()))
                .build());

    @BeforeEach
    void pointAtTheBlobs() {
      azure.set("COCOLAB_AZURE_BLOB_ENDPOINT", server.endpoint("labaccount").toString());
      azure.set("COCOLAB_ARO_STORAGE_KEY", account.keyBase64());
    }

    @AfterEach
    void stop() throws Exception {
      server.close();
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void sharesABlobBySignatureAndDeletesAllAfterwards() throws Exception {
      RunContainer container = container();
      container.create();
      container.put("dataset.enc", DATA);
      SecretText signature = container.readSignature("dataset.enc", Duration.ofHours(2));
      URI address = container.address("dataset.enc");

      assertThat(get(address, signature.reveal()).body())
          .isEqualTo(new String(DATA, StandardCharsets.UTF_8));
      assertThat(get(address, "x=1").statusCode()).isIn(401, 403, 404, 409);
      assertThat(signature.reveal()).doesNotContain("skoid");
      assertThat(azure.entra.tokens()).isZero();

      container.delete();
      assertThat(get(address, signature.reveal()).statusCode()).isEqualTo(404);
    }

    @Test
    void doesNotTryAWrongKeyTwice() {
      azure.set(
          "COCOLAB_ARO_STORAGE_KEY",
          Base64.getEncoder().encodeToString("CANARY-other".getBytes(StandardCharsets.UTF_8)));

      assertThat(refusal(Reason.NO_RIGHTS, container()::create))
          .hasMessageContaining("AuthenticationFailed");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Run--7,cocolab-run-7",
    "a,cocolab-a",
    "012345678901234567890123456789012345678901234567890123456789,cocolab-0123456789012345678901234567890123456789012345678901234"
  })
  void namesContainersAsAzureAllows(String runId, String expected) {
    assertThat(AzureRunContainer.nameOf("cocolab", runId)).isEqualTo(expected);
  }
}
