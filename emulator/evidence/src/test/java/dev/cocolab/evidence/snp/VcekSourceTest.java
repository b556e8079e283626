package dev.cocolab.evidence.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.snp.TestAmd.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Endorsement keys that evidence does not bring along. */
class VcekSourceTest {

  private static final TestAmd MILAN = TestAmd.of(AmdGeneration.MILAN);
  private static final Issued VCEK = TestAmd.endorse(MILAN.ask, MILAN.chip());
  private static final VcekRequest REQUEST =
      new VcekRequest(AmdGeneration.MILAN, MILAN.chip().chip(), MILAN.chip().tcb());
  private static final String CHIP = "c1".repeat(64);
  private static final String PATH =
      "/vcek/v1/Milan/" + CHIP + "?blSPL=03&teeSPL=00&snpSPL=08&ucodeSPL=219";

  /** Answers what it is told, at the address of no one else. */
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private HttpServer server;
  private int status = 200;
  private byte[] body = VCEK.der();

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private KeyDistributionService service() {
    return new KeyDistributionService(base(), Duration.ofSeconds(10));
  }

  private static EvidenceException refused(VcekSource source, VcekRequest request) {
    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> source.fetch(request));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.reason()).isEqualTo(Refusal.VEK_SOURCES);
    return refusal;
  }

  @Test
  void theServiceIsAskedForChipAndLevelsOnce() {
    KeyDistributionService service = service();

    assertThat(service.fetch(REQUEST)).isEqualTo(VCEK.der());
    assertThat(service.fetch(REQUEST)).isEqualTo(VCEK.der());

    assertThat(asked).containsExactly(PATH);
  }

  @Test
  void aPathOfTheServiceStays() {
    URI mirror = URI.create(base() + "/mirror/");

    assertThat(new KeyDistributionService(mirror, Duration.ofSeconds(10)).fetch(REQUEST))
        .isEqualTo(VCEK.der());

    assertThat(asked).containsExactly("/mirror" + PATH);
  }

  @Test
  void turinHasAShortIdentityAndOneMoreLevel() {
    TestAmd turin = TestAmd.of(AmdGeneration.TURIN);
    VcekRequest request =
        new VcekRequest(AmdGeneration.TURIN, turin.chip().chip(), turin.chip().tcb());

    assertThat(request.path())
        .isEqualTo(
            "/vcek/v1/Turin/c1c1c1c1c1c1c1c1"
                + "?fmcSPL=01&blSPL=03&teeSPL=00&snpSPL=08&ucodeSPL=219");
    assertThat(request.fileName()).isEqualTo("bl03_tee00_snp08_ucode219_fmc01_vcek.der");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new VcekRequest(
                    AmdGeneration.TURIN, turin.chip().chip(), TcbVersion.of(3, 0, 8, 219)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new VcekRequest(
                    AmdGeneration.MILAN,
                    new byte[64],
                    new TcbVersion(OptionalInt.of(1), 0, 0, 0, 0)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new VcekRequest(AmdGeneration.MILAN, new byte[8], TcbVersion.of(0, 0, 0, 0)));
  }

  @Test
  void theServiceIsNotAskedForAMaskedChip() {
    VcekRequest masked = new VcekRequest(AmdGeneration.MILAN, new byte[64], MILAN.chip().tcb());

    assertThat(refused(service(), masked))
        .hasMessage(
            "Hardware ID is 0s on attestation report. Confirm that MASK_CHIP_ID is set to 0 to"
                + " request VCEK from KDS.");
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 429, 500, 302})
  void otherAnswersAreNoCertificate(int given) {
    status = given;

    assertThat(refused(service(), REQUEST))
        .hasMessage("Unable to fetch VCEK from URL: " + given + ", \"" + base() + PATH + "\"");
  }

  @Test
  void bodiesAreBounded() {
    body = new byte[VcekCertificate.MAX_SIZE + 1];

    assertThat(refused(service(), REQUEST))
        .hasMessageStartingWith("Unable to send request for VCEK: ")
        .hasMessageContaining("more than 16384 bytes");
  }

  @Test
  void whatIsNoCertificateIsNotRemembered() {
    KeyDistributionService service = service();
    body = new byte[] {1, 2, 3};
    assertThat(service.fetch(REQUEST)).isEqualTo(body);

    body = VCEK.der();

    assertThat(service.fetch(REQUEST)).isEqualTo(VCEK.der());
    assertThat(asked).hasSize(2);
  }

  @Test
  void aServiceThatIsNotThereIsNamed() {
    server.stop(0);

    assertThat(refused(service(), REQUEST))
        .hasMessageStartingWith("Unable to send request for VCEK: ")
        .hasMessageContaining(base() + PATH);
  }

  @Test
  void aServiceThatDoesNotAnswerIsNotWaitedFor() throws IOException {
    HttpServer silent =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    // Accepts connections and serves none: the head of the answer comes, its end never does.
    silent.createContext("/", exchange -> exchange.sendResponseHeaders(200, 100));
    silent.start();
    try {
      URI address = URI.create("http://127.0.0.1:" + silent.getAddress().getPort());

      assertThat(refused(new KeyDistributionService(address, Duration.ofMillis(200)), REQUEST))
          .hasMessageStartingWith("Unable to send request for VCEK: no answer of ");
    } finally {
      silent.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host",
        "https:opaque",
        "https://user@host",
        "https://host?q",
        "https://host#f",
        "/x"
      })
  void addressesOfAnotherFormAreRefused(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KeyDistributionService(URI.create(address), Duration.ofSeconds(1)))
        .withMessage("the address of a key distribution service is http(s)://HOST[:PORT][/PATH]");
  }

  @Test
  void aStoreHasAFileAVersionAndOneForTheOthers(@TempDir Path folder) throws IOException {
    OfflineStore store = new OfflineStore(folder);
    Path chip = folder.resolve("vcek").resolve(CHIP);
    assertThat(refused(store, REQUEST))
        .hasMessage("Failed to read VCEK from offline store at " + chip.resolve("vcek.der"));

    Files.createDirectories(chip);
    Files.write(chip.resolve("vcek.der"), new byte[] {1});
    assertThat(store.fetch(REQUEST)).containsExactly(1);

    Files.write(chip.resolve("bl03_tee00_snp08_ucode219_vcek.der"), new byte[] {2});
    assertThat(store.fetch(REQUEST)).containsExactly(2);
  }

  @Test
  void aStoreReadsFilesOfTheSizeOfACertificate(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("vcek").resolve(CHIP).resolve("vcek.der");
    Files.createDirectories(file);
    assertThat(refused(new OfflineStore(folder), REQUEST))
        .hasMessage("Failed to read VCEK from offline store at " + file);

    Files.delete(file);
    Files.write(file, new byte[VcekCertificate.MAX_SIZE + 1]);

    assertThat(refused(new OfflineStore(folder), REQUEST))
        .hasMessageEndingWith(": more than 16384 bytes");
  }

  private static EvidenceException refused(Refusal reason, VcekSource... sources) {
    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> verify(sources));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.reason()).as(refusal.chain()).isEqualTo(reason);
    return refusal;
  }

  private static VerifiedGuest verify(VcekSource... sources) {
    ObjectNode evidence = new SnpEvidence(MILAN.report(3, VCEK, r -> r), Optional.empty()).toJson();
    return new SnpVerifier(MILAN.roots(), Vectors.CLOCK, Stance.strict(), List.of(sources))
        .check(evidence, ExpectedBinding.ofReportData(new byte[64]));
  }

  @Test
  void sourcesAreTriedInOrder(@TempDir Path folder) {
    OfflineStore empty = new OfflineStore(folder);

    assertThat(verify(empty, service()).generation()).isEqualTo(AmdGeneration.MILAN);

    assertThat(asked).hasSize(1);
    assertThat(verify(request -> VCEK.der(), service()).claims().claims()).isNotEmpty();
    assertThat(asked).hasSize(1);
  }

  @Test
  void whereNoSourceHasItEachIsNamed(@TempDir Path folder) {
    status = 404;

    EvidenceException refusal = refused(Refusal.VEK_SOURCES, new OfflineStore(folder), service());

    assertThat(refusal).hasMessage("Failed to fetch VCEK from any configured source");
    assertThat(refusal.getCause())
        .hasMessageStartingWith(
            "OfflineStore " + folder + ": Failed to read VCEK from offline store at ")
        .hasMessageContaining("; KDS " + base() + ": Unable to fetch VCEK from URL: 404");
  }

  @Test
  void whatASourceGivesIsNotTrusted() {
    assertThat(refused(Refusal.VEK_SOURCE_MALFORMED, request -> new byte[] {1, 2}).chain())
        .isEqualTo("Failed to convert KDS VCEK into certificate: VCEK is not an X.509 certificate");
    Issued foreign = TestAmd.endorse(TestAmd.another(AmdGeneration.MILAN).ask, MILAN.chip());
    assertThat(refused(Refusal.VEK_SOURCE_CHAIN, request -> foreign.der()).chain())
        .isEqualTo(
            "Certificate chain from KDS failed verification:"
                + " Signer certificate does not sign signee certificate");
    Issued provider = TestAmd.endorse(MILAN.asvk, MILAN.chip());
    refused(Refusal.VEK_SOURCE_CHAIN, request -> provider.der());
    Issued other = TestAmd.endorse(MILAN.ask, MILAN.chip());
    refused(Refusal.VEK_SIGNATURE, request -> other.der());
  }
}
