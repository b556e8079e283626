package dev.cocolab.blobstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.sas.AccountSasPermission;
import com.azure.storage.common.sas.AccountSasResourceType;
import com.azure.storage.common.sas.AccountSasService;
import com.azure.storage.common.sas.AccountSasSignatureValues;
import com.azure.storage.common.sas.SasIpRange;
import com.azure.storage.common.sas.SasProtocol;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SAS tokens that Azure's own client signs, and what they allow. */
class BlobSasSdkTest extends SdkHarness {

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
