package dev.cocolab.blobstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
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
import com.azure.storage.common.StorageSharedKeyCredential;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Azure's own client against the server: what it uploads it reads back, and refusals carry the
 * service's codes.
 */
class BlobServerSdkTest extends SdkHarness {

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
}
