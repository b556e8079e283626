package dev.cocolab.blobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.models.ParallelTransferOptions;
import com.azure.storage.blob.options.BlobParallelUploadOptions;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import com.azure.storage.common.sas.AccountSasPermission;
import com.azure.storage.common.sas.AccountSasResourceType;
import com.azure.storage.common.sas.AccountSasService;
import com.azure.storage.common.sas.AccountSasSignatureValues;
import com.azure.storage.common.sas.SasIpRange;
import com.azure.storage.common.sas.SasProtocol;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Azure's own client against the server: what it uploads it reads back, and refusals carry the
 * service's codes.
 */
class BlobServerSdkTest {

  private static final byte[] TEXT = "Salted__ and the rest".getBytes(StandardCharsets.UTF_8);

  private static Vertx vertx;

  private final StorageAccount account =
      StorageAccount.generate("encrypteddatasets", new SecureRandom());
  private BlobServer server;
  private BlobServiceClient owner;

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

  private void startWith(Clock clock) {
    server =
        BlobServer.start(BlobServerOptions.builder(vertx).account(account).clock(clock).build());
    owner =
        client()
            .credential(new StorageSharedKeyCredential(account.name(), account.keyBase64()))
            .buildClient();
  }

  private BlobServiceClientBuilder client() {
    return new BlobServiceClientBuilder()
        .endpoint(server.endpoint(account.name()).toString())
        .httpClient(new JdkHttpClientBuilder().build())
        .retryOptions(
            new RequestRetryOptions(
                RetryPolicyType.FIXED, 1, Duration.ofSeconds(10), null, null, null));
  }

  private BlobClient uploaded(String name, byte[] content) {
    BlobClient blob = owner.createBlobContainerIfNotExists("data").getBlobClient(name);
    blob.upload(BinaryData.fromBytes(content), true);
    return blob;
  }

  private BlobClient withSas(String blob, String sas) {
    return client().sasToken(sas).buildClient().getBlobContainerClient("data").getBlobClient(blob);
  }

  private static OffsetDateTime now() {
    return OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
  }

  private static BlobStorageException refusal(Runnable call) {
    BlobStorageException refused = catchThrowableOfType(BlobStorageException.class, call::run);
    assertThat(refused).as("the call is refused").isNotNull();
    return refused;
  }

  @Test
  void readsBackWhatWasUploaded() {
    BlobClient blob = uploaded("dir one/dataset1+é.csv.enc", TEXT);

    assertThat(blob.downloadContent().toBytes()).isEqualTo(TEXT);
    assertThat(blob.exists()).isTrue();
    assertThat(owner.getBlobContainerClient("data").listBlobs())
        .extracting(BlobItem::getName)
        .containsExactly("dir one/dataset1+é.csv.enc");
  }

  @Test
  void commitsBlocksInTheOrderOfTheList() {
    byte[] large = new byte[700_000];
    new Random(7).nextBytes(large);
    BlobClient blob = owner.createBlobContainerIfNotExists("data").getBlobClient("large");
    ParallelTransferOptions blocks =
        new ParallelTransferOptions()
            .setBlockSizeLong(100_000L)
            .setMaxSingleUploadSizeLong(100_000L);

    blob.uploadWithResponse(
        new BlobParallelUploadOptions(BinaryData.fromBytes(large))
            .setParallelTransferOptions(blocks)
            .setMetadata(Map.of("rows", "300"))
            .setHeaders(new BlobHttpHeaders().setContentType("text/csv")),
        Duration.ofSeconds(20),
        null);

    assertThat(blob.downloadContent().toBytes()).isEqualTo(large);
    BlobProperties properties = blob.getProperties();
    assertThat(properties.getBlobSize()).isEqualTo(700_000);
    assertThat(properties.getContentType()).isEqualTo("text/csv");
    assertThat(properties.getMetadata()).containsEntry("rows", "300");
  }

  @Test
  void refusesABlockListWithABlockThatWasNeverPut() {
    owner.createBlobContainerIfNotExists("data");
    String id = Base64.getEncoder().encodeToString("missing".getBytes(StandardCharsets.UTF_8));
    BlobStorageException refused =
        refusal(
            () ->
                owner
                    .getBlobContainerClient("data")
                    .getBlobClient("x")
                    .getBlockBlobClient()
                    .commitBlockList(List.of(id)));

    assertThat(refused.getStatusCode()).isEqualTo(400);
    assertThat(refused.getErrorCode()).isEqualTo(BlobErrorCode.INVALID_BLOCK_LIST);
  }

  @Test
  void answersRangesWithExactlyTheseBytes() {
    BlobClient blob = uploaded("r", TEXT);
    ByteArrayOutputStream part = new ByteArrayOutputStream();

    var response =
        blob.downloadStreamWithResponse(part, new BlobRange(3, 5L), null, null, true, null, null);

    assertThat(response.getStatusCode()).isEqualTo(206);
    assertThat(part.toByteArray()).isEqualTo("ted__".getBytes(StandardCharsets.UTF_8));
    BlobStorageException refused =
        refusal(
            () ->
                blob.downloadStreamWithResponse(
                    new ByteArrayOutputStream(),
                    new BlobRange(5000L),
                    null,
                    null,
                    false,
                    null,
                    null));
    assertThat(refused.getStatusCode()).isEqualTo(416);
    assertThat(refused.getErrorCode()).isEqualTo(BlobErrorCode.INVALID_RANGE);
  }

  @Test
  void honoursConditionalHeaders() {
    BlobClient blob = uploaded("c", TEXT);

    assertThat(refusal(() -> blob.upload(BinaryData.fromBytes(TEXT))).getErrorCode())
        .isEqualTo(BlobErrorCode.BLOB_ALREADY_EXISTS);
    BlobRequestConditions stale = new BlobRequestConditions().setIfMatch("\"0x0\"");
    BlobStorageException refused = refusal(() -> blob.deleteWithResponse(null, stale, null, null));
    assertThat(refused.getStatusCode()).isEqualTo(412);
    assertThat(refused.getErrorCode()).isEqualTo(BlobErrorCode.CONDITION_NOT_MET);
    blob.delete();
    assertThat(blob.exists()).isFalse();
  }

  @Test
  void pagesThroughAListing() {
    for (int i = 0; i < 5; i++) {
      uploaded("p/" + i, TEXT);
    }
    uploaded("q", TEXT);

    ListBlobsOptions options = new ListBlobsOptions().setPrefix("p/").setMaxResultsPerPage(2);
    assertThat(owner.getBlobContainerClient("data").listBlobs(options, null))
        .extracting(BlobItem::getName)
        .containsExactly("p/0", "p/1", "p/2", "p/3", "p/4");
  }

  @Test
  void namesWhatIsMissing() {
    BlobContainerClient container = owner.createBlobContainer("data");
    BlobStorageException noBlob = refusal(() -> container.getBlobClient("none").downloadContent());
    BlobStorageException noContainer =
        refusal(
            () -> owner.getBlobContainerClient("nothere").getBlobClient("none").downloadContent());

    assertThat(noBlob.getStatusCode()).isEqualTo(404);
    assertThat(noBlob.getErrorCode()).isEqualTo(BlobErrorCode.BLOB_NOT_FOUND);
    assertThat(noBlob.getServiceMessage())
        .contains("The specified blob does not exist.", "RequestId:", "Time:");
    assertThat(noContainer.getErrorCode()).isEqualTo(BlobErrorCode.CONTAINER_NOT_FOUND);
    assertThat(refusal(() -> owner.createBlobContainer("data")).getErrorCode())
        .isEqualTo(BlobErrorCode.CONTAINER_ALREADY_EXISTS);
  }

  @Test
  void refusesAForeignKey() {
    StorageAccount foreign = StorageAccount.generate(account.name(), new SecureRandom());
    BlobServiceClient thief =
        client()
            .credential(new StorageSharedKeyCredential(foreign.name(), foreign.keyBase64()))
            .buildClient();

    BlobStorageException refused = refusal(() -> thief.createBlobContainer("data"));

    assertThat(refused.getStatusCode()).isEqualTo(403);
    assertThat(refused.getErrorCode()).isEqualTo(BlobErrorCode.AUTHENTICATION_FAILED);
    assertThat(refused.getServiceMessage()).contains("is not the same as any computed signature");
  }

  @Test
  void readSasReadsAndDoesNotWrite() {
    BlobClient blob = uploaded("d", TEXT);
    String sas =
        blob.generateSas(
            new BlobServiceSasSignatureValues(
                    now().plusHours(2), new BlobSasPermission().setReadPermission(true))
                .setStartTime(now().minusMinutes(15)));

    BlobClient reader = withSas("d", sas);

    assertThat(reader.downloadContent().toBytes()).isEqualTo(TEXT);
    BlobStorageException refused = refusal(() -> reader.upload(BinaryData.fromBytes(TEXT), true));
    assertThat(refused.getStatusCode()).isEqualTo(403);
    assertThat(refused.getErrorCode()).isEqualTo(BlobErrorCode.AUTHORIZATION_PERMISSION_MISMATCH);
    uploaded("other", TEXT);
    assertThat(refusal(() -> withSas("other", sas).downloadContent()).getServiceMessage())
        .contains("Signature did not match. String to sign used was");
  }

  @Test
  void createPermissionWritesNewBlobsOnly() {
    owner.createBlobContainer("data");
    BlobContainerClient container = owner.getBlobContainerClient("data");
    String sas =
        container.generateSas(
            new BlobServiceSasSignatureValues(
                now().plusHours(1), new BlobContainerSasPermission().setCreatePermission(true)));

    withSas("new", sas).upload(BinaryData.fromBytes(TEXT), true);

    assertThat(
            refusal(() -> withSas("new", sas).upload(BinaryData.fromBytes(TEXT), true))
                .getErrorCode())
        .isEqualTo(BlobErrorCode.AUTHORIZATION_PERMISSION_MISMATCH);
  }

  @Test
  void containerSasListsWhereABlobSasDoesNot() {
    BlobClient blob = uploaded("d", TEXT);
    String list =
        owner
            .getBlobContainerClient("data")
            .generateSas(
                new BlobServiceSasSignatureValues(
                    now().plusHours(1),
                    new BlobContainerSasPermission()
                        .setListPermission(true)
                        .setReadPermission(true)));
    String read =
        blob.generateSas(
            new BlobServiceSasSignatureValues(
                now().plusHours(1), new BlobSasPermission().setReadPermission(true)));

    assertThat(listing(list)).hasSize(1);
    assertThat(refusal(() -> listing(read)).getErrorCode())
        .isEqualTo(BlobErrorCode.AUTHENTICATION_FAILED);
  }

  private List<BlobItem> listing(String sas) {
    BlobServiceClient reader = client().sasToken(sas).buildClient();
    return reader.getBlobContainerClient("data").listBlobs().stream().collect(Collectors.toList());
  }

  @Test
  void accountSasIsBoundToItsResourceTypes() {
    uploaded("d", TEXT);
    AccountSasService blobService = new AccountSasService().setBlobAccess(true);
    AccountSasPermission read = new AccountSasPermission().setReadPermission(true);
    String objects =
        owner.generateAccountSas(
            new AccountSasSignatureValues(
                now().plusHours(1),
                read,
                blobService,
                new AccountSasResourceType().setObject(true)));
    String containers =
        owner.generateAccountSas(
            new AccountSasSignatureValues(
                now().plusHours(1),
                read,
                blobService,
                new AccountSasResourceType().setContainer(true)));

    assertThat(withSas("d", objects).downloadContent().toBytes()).isEqualTo(TEXT);
    assertThat(refusal(() -> withSas("d", containers).downloadContent()).getErrorCode())
        .isEqualTo(BlobErrorCode.AUTHORIZATION_RESOURCE_TYPE_MISMATCH);
  }

  @Test
  void refusesExpiredAlteredAndAnonymous() {
    BlobClient blob = uploaded("d", TEXT);
    BlobSasPermission read = new BlobSasPermission().setReadPermission(true);
    String expired =
        blob.generateSas(new BlobServiceSasSignatureValues(now().minusSeconds(1), read));
    String valid = blob.generateSas(new BlobServiceSasSignatureValues(now().plusHours(1), read));
    String longer = valid.replaceFirst("se=20", "se=21");

    assertThat(refusal(() -> withSas("d", expired).downloadContent()).getServiceMessage())
        .contains("Signature not valid in the specified time frame", "Expiry [", "Current [");
    assertThat(refusal(() -> withSas("d", longer).downloadContent()).getErrorCode())
        .isEqualTo(BlobErrorCode.AUTHENTICATION_FAILED);
    BlobStorageException anonymous =
        refusal(
            () ->
                client()
                    .buildClient()
                    .getBlobContainerClient("data")
                    .getBlobClient("d")
                    .downloadContent());
    assertThat(anonymous.getStatusCode()).isEqualTo(409);
    assertThat(anonymous.getErrorCode().toString()).isEqualTo("PublicAccessNotPermitted");
  }

  @Test
  void honoursProtocolAndAddress() {
    BlobClient blob = uploaded("d", TEXT);
    BlobSasPermission read = new BlobSasPermission().setReadPermission(true);
    String https =
        blob.generateSas(
            new BlobServiceSasSignatureValues(now().plusHours(1), read)
                .setProtocol(SasProtocol.HTTPS_ONLY));
    String elsewhere =
        blob.generateSas(
            new BlobServiceSasSignatureValues(now().plusHours(1), read)
                .setSasIpRange(new SasIpRange().setIpMin("10.0.0.1").setIpMax("10.0.0.9")));
    String here =
        blob.generateSas(
            new BlobServiceSasSignatureValues(now().plusHours(1), read)
                .setSasIpRange(new SasIpRange().setIpMin("127.0.0.0").setIpMax("127.0.0.9")));

    assertThat(refusal(() -> withSas("d", https).downloadContent()).getErrorCode())
        .isEqualTo(BlobErrorCode.AUTHORIZATION_PROTOCOL_MISMATCH);
    assertThat(refusal(() -> withSas("d", elsewhere).downloadContent()).getErrorCode())
        .isEqualTo(BlobErrorCode.AUTHORIZATION_SOURCE_IPMISMATCH);
    assertThat(withSas("d", here).downloadContent().toBytes()).isEqualTo(TEXT);
  }

  /**
   * Field case C45: the store's clock is behind the signer's by less than a second, or by minutes.
   */
  @ParameterizedTest
  @ValueSource(longs = {-800, -360_000})
  void aStartOfNowIsRefusedByASlowClockAndABackdatedOneIsNot(long skewMillis) {
    server.close();
    Clock signer = Clock.fixed(now().toInstant(), ZoneOffset.UTC);
    startWith(Clock.offset(signer, Duration.ofMillis(skewMillis)));
    server.put(account.name(), "data", "d", TEXT);
    BlobClient blob = owner.getBlobContainerClient("data").getBlobClient("d");
    OffsetDateTime start = OffsetDateTime.now(signer);
    BlobSasPermission read = new BlobSasPermission().setReadPermission(true);

    String fromNow =
        blob.generateSas(
            new BlobServiceSasSignatureValues(start.plusHours(2), read).setStartTime(start));
    String backdated =
        blob.generateSas(
            new BlobServiceSasSignatureValues(start.plusHours(2), read)
                .setStartTime(start.minusMinutes(15)));
    String open = blob.generateSas(new BlobServiceSasSignatureValues(start.plusHours(2), read));

    BlobStorageException refused = refusal(() -> withSas("d", fromNow).downloadContent());
    assertThat(refused.getStatusCode()).isEqualTo(403);
    assertThat(refused.getErrorCode()).isEqualTo(BlobErrorCode.AUTHENTICATION_FAILED);
    assertThat(refused.getServiceMessage())
        .contains("Signature not valid in the specified time frame: Start [");
    assertThat(withSas("d", backdated).downloadContent().toBytes()).isEqualTo(TEXT);
    assertThat(withSas("d", open).downloadContent().toBytes()).isEqualTo(TEXT);
  }

  @Test
  void itsOwnSasIsAcceptedByTheClient() {
    server.put(account.name(), "data", "dataset1.csv.enc", TEXT);
    ServiceSas wish =
        new ServiceSas(
            "data",
            Optional.of("dataset1.csv.enc"),
            "r",
            Optional.of(now().minusMinutes(15).toInstant()),
            now().plusHours(1).toInstant(),
            false);

    String sas = server.sas(account.name(), wish);

    assertThat(withSas("dataset1.csv.enc", sas).downloadContent().toBytes()).isEqualTo(TEXT);
  }
}
