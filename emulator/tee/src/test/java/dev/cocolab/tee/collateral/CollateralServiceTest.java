package dev.cocolab.tee.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.snp.CertificateTable;
import dev.cocolab.evidence.snp.SnpEvidence;
import dev.cocolab.evidence.snp.SnpVerifier;
import dev.cocolab.tee.Lab;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.SecureProcessor;
import dev.cocolab.tee.SnpGuest;
import dev.cocolab.tee.collateral.CollateralService.Treatment;
import dev.cocolab.tee.intel.CollateralOptions;
import dev.cocolab.tee.intel.IntelAuthority;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CollateralServiceTest {

  private static final String PCK_CRL = "/sgx/certification/v4/pckcrl?ca=platform";

  private final IntelAuthority intel =
      IntelAuthority.open(Path.of("target/other-platform"), Lab.RANDOM, Lab.CLOCK, line -> {});
  private final CollateralService service =
      new CollateralService(
          Arrays.stream(AmdGeneration.values()).map(Lab::otherPlatform).toList(),
          intel,
          Lab.RANDOM);

  private CollateralAnswer get(String uri) {
    Treatment treatment = service.treat(CollateralRequest.get(uri).get());
    assertThat(treatment.delay()).isZero();
    return treatment.answer().get();
  }

  private CollateralAnswer found(String uri, String type) {
    CollateralAnswer answer = get(uri);
    assertThat(answer.status()).as(text(answer)).isEqualTo(200);
    assertThat(answer.headers()).containsEntry("Content-Type", type);
    assertThat(answer.headers().get("Request-ID")).matches("[0-9a-f]{32}");
    return answer;
  }

  private static String text(CollateralAnswer answer) {
    return new String(answer.body(), StandardCharsets.US_ASCII);
  }

  private static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    for (var certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
      all.add((X509Certificate) certificate);
    }
    return all;
  }

  private static X509CRL list(byte[] encoded) throws GeneralSecurityException {
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(encoded));
  }

  @ParameterizedTest
  @EnumSource(AmdGeneration.class)
  void keyServiceEndorsesChipsWhoseHostGaveNoTable(AmdGeneration generation) {
    PlatformAuthority platform = Lab.otherPlatform(generation);
    SecureProcessor processor = platform.processor();
    SnpGuest guest =
        SnpGuest.launch(processor, new byte[48], Optional.empty(), Lab.RANDOM).withoutTable();
    SnpEvidence evidence = SnpEvidence.parse(guest.evidence(Lab.REPORT_DATA));
    var tcb = evidence.report().reportedTcb();
    boolean turin = generation == AmdGeneration.TURIN;
    String chip = HexFormat.of().formatHex(Arrays.copyOf(processor.chipId(), turin ? 8 : 64));
    String fmc = turin ? "fmcSPL=%02d&".formatted(tcb.fmc().getAsInt()) : "";

    CollateralAnswer answer =
        found(
            "/vcek/v1/%s/%s?%sblSPL=%02d&teeSPL=%02d&snpSPL=%02d&ucodeSPL=%02d"
                .formatted(
                    generation.productName(),
                    chip,
                    fmc,
                    tcb.bootloader(),
                    tcb.tee(),
                    tcb.snp(),
                    tcb.microcode()),
            "application/pkix-cert");

    SnpEvidence complete =
        new SnpEvidence(evidence.report(), Optional.of(CertificateTable.ofVcek(answer.body())));
    assertThat(
            new SnpVerifier(platform.roots(), Lab.CLOCK)
                .verify(complete.toJson(), ExpectedBinding.ofReportData(Lab.REPORT_DATA)))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"vcek, SEV-Milan", "vlek, SEV-VLEK-Milan"})
  void keyServiceGivesTheAuthorities(String kind, String name) throws GeneralSecurityException {
    String pem = text(found("/" + kind + "/v1/Milan/cert_chain", "application/x-pem-file"));
    AmdRoots.Chain chain = AmdRoots.Chain.ofBundle(pem.getBytes(StandardCharsets.US_ASCII));
    X509CRL list = list(found("/" + kind + "/v1/Milan/crl", "application/pkix-crl").body());

    assertThat(chain.ask().getSubjectX500Principal().getName()).contains("CN=" + name + ",");
    chain.ask().verify(chain.ark().getPublicKey());
    list.verify(chain.ark().getPublicKey());
  }

  @Test
  void certificationServiceSignsWhatItSays() throws GeneralSecurityException {
    CollateralAnswer info =
        found("/tdx/certification/v4/tcb?fmspc=00C0C01AB000&update=early", "application/json");
    CollateralAnswer identity =
        found("/tdx/certification/v4/qe/identity?update=standard", "application/json");

    assertThat(Lab.json(info.body()).path("tcbInfo").path("fmspc").asString())
        .isEqualTo("00c0c01ab000");
    assertThat(Lab.json(identity.body()).path("enclaveIdentity").path("id").asString())
        .isEqualTo("TD_QE");
    String header = info.headers().get("TCB-Info-Issuer-Chain");
    assertThat(header).startsWith("-----BEGIN%20CERTIFICATE-----%0A").doesNotContain("+", "\n");
    assertThat(identity.headers()).containsEntry("SGX-Enclave-Identity-Issuer-Chain", header);
    List<X509Certificate> chain = certificates(URLDecoder.decode(header, StandardCharsets.UTF_8));
    assertThat(chain.get(1)).isEqualTo(intel.root());
    chain.get(0).verify(intel.root().getPublicKey());
  }

  @Test
  void revocationListsComeInEveryForm() throws GeneralSecurityException {
    CollateralAnswer der = found(PCK_CRL + "&encoding=der", "application/pkix-crl");
    List<X509Certificate> chain =
        certificates(
            URLDecoder.decode(
                der.headers().get("SGX-PCK-CRL-Issuer-Chain"), StandardCharsets.UTF_8));
    list(der.body()).verify(chain.get(0).getPublicKey());
    list(found(PCK_CRL, "application/x-pem-file").body()).verify(chain.get(0).getPublicKey());
    byte[] hex = found("/sgx/certification/v4/rootcacrl", "text/plain").body();
    list(HexFormat.of().parseHex(new String(hex, StandardCharsets.US_ASCII)))
        .verify(intel.root().getPublicKey());
    list(found("/IntelSGXRootCA.der", "application/pkix-crl").body())
        .verify(intel.root().getPublicKey());
  }

  @Test
  void otherCollateralIsPublishedWhenAskedFor() {
    service.publish(CollateralOptions.current().withPlatformStatus("OutOfDate", "INTEL-SA-1"));

    assertThat(
            Lab.json(get("/tdx/certification/v4/tcb?fmspc=00c0c01ab000").body())
                .path("tcbInfo")
                .path("tcbLevels")
                .path(0)
                .path("tcbStatus")
                .asString())
        .isEqualTo("OutOfDate");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/vcek/v1/Rome/cert_chain | 404 | no product Rome",
        "/vcek/v1/Milan/00 | 400 | the hardware id of Milan has 128 hex digits",
        "/vcek/v1/Turin/00 | 400 | the hardware id of Turin has 16 hex digits",
        "/vcek/v1/Turin/0011223344556677?blSPL=1 | 400 | teeSPL is a number from 0 to 255",
        "/vcek/v1/Turin/0011223344556677?blSPL=256 | 400 | blSPL is a number from 0 to 255",
        "/vlek/v1/Milan/0011 | 404 | VLEK certificates are given to providers only",
        "/tdx/certification/v4/tcb | 400 | fmspc has 12 hex digits",
        "/tdx/certification/v4/tcb?fmspc=00906ea10000 | 404 | no TDX TCB info for FMSPC 00906ea10000",
        "/tdx/certification/v4/tcb?fmspc=00c0c01ab000&update=now | 400 | update is early or standard",
        "/tdx/certification/v4/qe/identity?update=now | 400 | update is early or standard",
        "/sgx/certification/v4/pckcrl | 400 | ca is platform or processor",
        "/sgx/certification/v4/pckcrl?ca=processor | 404 | no processor of one package has been certified",
        "/sgx/certification/v4/tcb?fmspc=00c0c01ab000 | 404 | no resource /sgx/certification/v4/tcb"
      })
  void whatIsNotThereSaysSo(String uri, int status, String message) {
    CollateralAnswer answer = get(uri);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.headers()).containsEntry("Error-Message", message);
    assertThat(text(answer)).isEqualTo(message + "\n");
  }

  @Test
  void onlyReadingIsAnswered() {
    CollateralAnswer answer =
        service.answer(CollateralRequest.of("POST", "/vcek/v1/Milan/crl").get());

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.headers()).containsEntry("Allow", "GET");
  }

  @ParameterizedTest
  @CsvSource({"x", "''", "/a?b=%zz", "/a?%=1"})
  void requestsThatCannotBeReadAreNone(String uri) {
    assertThat(CollateralRequest.get(uri)).isEmpty();
    assertThat(CollateralRequest.get("/" + "a".repeat(2048))).isEmpty();
  }

  @Test
  void faultsHitTheirPathsOnly() {
    service.fail("/vcek/", new CollateralFault.Outage());
    service.fail("/vcek/v1/Genoa", new CollateralFault.Failure(503));
    service.fail("/tdx/", new CollateralFault.TooManyRequests(Duration.ofSeconds(90)));
    service.fail("/sgx/", new CollateralFault.Slow(Duration.ofSeconds(3)));
    service.fail("/IntelSGXRootCA.der", new CollateralFault.Truncated());

    assertThat(service.treat(CollateralRequest.get("/vcek/v1/Milan/crl").get()).answer()).isEmpty();
    assertThat(get("/vcek/v1/Genoa/crl").status()).isEqualTo(503);
    CollateralAnswer many = get("/tdx/certification/v4/qe/identity");
    assertThat(many.status()).isEqualTo(429);
    assertThat(many.headers()).containsEntry("Retry-After", "90");
    Treatment slow = service.treat(CollateralRequest.get(PCK_CRL).get());
    assertThat(slow.delay()).isEqualTo(Duration.ofSeconds(3));
    assertThat(slow.answer().get().status()).isEqualTo(200);
    byte[] cut = get("/IntelSGXRootCA.der").body();
    assertThat(get("/vlek/v1/Milan/crl").status()).isEqualTo(200);

    service.heal();

    assertThat(get("/IntelSGXRootCA.der").body().length).isGreaterThanOrEqualTo(cut.length);
    assertThat(get("/vcek/v1/Milan/crl").status()).isEqualTo(200);
    assertThatIllegalArgumentException().isThrownBy(() -> new CollateralFault.Failure(200));
  }
}
