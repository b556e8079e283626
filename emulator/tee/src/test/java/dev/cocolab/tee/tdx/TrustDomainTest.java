package dev.cocolab.tee.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.eventlog.AgentEvent;
import dev.cocolab.evidence.eventlog.DigestAlgorithm;
import dev.cocolab.evidence.eventlog.EventLog;
import dev.cocolab.evidence.tdx.TdBody;
import dev.cocolab.evidence.tdx.TdField;
import dev.cocolab.evidence.tdx.TdReport;
import dev.cocolab.evidence.tdx.TdxQuote;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.Lab;
import dev.cocolab.tee.TeeException;
import dev.cocolab.tee.intel.IntelAuthority;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class TrustDomainTest {

  private static final BootImage IMAGE = BootImage.defaultPodVm();

  @TempDir Path home;
  private IntelAuthority authority;

  @BeforeEach
  void open() {
    authority = IntelAuthority.open(home, Lab.RANDOM, Lab.CLOCK, line -> {});
  }

  private TrustDomain launch(TdOptions options) {
    return TrustDomain.launch(authority.platform(), IMAGE, Optional.empty(), options);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void quoteIsSignedUpToTheRoot(int version) throws GeneralSecurityException {
    TrustDomain guest = launch(TdOptions.standard().withQuoteVersion(version));
    ObjectNode evidence = guest.evidence(Lab.REPORT_DATA);
    TdxQuote quote = TdxQuote.parse(Base64.getDecoder().decode(evidence.path("quote").asString()));

    QuoteProof.check(quote, authority.root());
    assertThat(guest.tee()).isEqualTo(Tee.TDX);
    assertThat(quote.header().version()).isEqualTo(version);
    assertThat(quote.body().get(TdField.REPORT_DATA)).isEqualTo(Arrays.copyOf(Lab.REPORT_DATA, 64));
    assertThat(quote.body().get(TdField.MR_TD)).isEqualTo(IMAGE.launchMeasurement());
    assertThat(quote.body().debug()).isFalse();
    assertThat(quote.body().septVeDisable()).isTrue();
    assertThat(quote.body().has(TdField.TEE_TCB_SVN2)).isEqualTo(version == 5);
    EventLog log =
        EventLog.parse(Base64.getDecoder().decode(evidence.path("cc_eventlog").asString()));
    log.requireRtmrs(
        DigestAlgorithm.SHA384,
        List.of(
            quote.body().get(TdField.RTMR_0),
            quote.body().get(TdField.RTMR_1),
            quote.body().get(TdField.RTMR_2),
            quote.body().get(TdField.RTMR_3)));
    assertThat(quote.body().get(TdField.RTMR_3)).isEqualTo(new byte[48]);
  }

  @Test
  void bootLogHasWhatTheDefaultPolicyLooksFor() {
    TdBoot boot = TdBoot.of(IMAGE);
    JsonNode claims = EventLog.parse(boot.log()).claims();

    JsonNode kernel = only(claims, "EV_EFI_BOOT_SERVICES_APPLICATION", e -> true);
    assertThat(kernel.path("details").path("device_paths").toString())
        .isEqualTo("[\"VenMedia(1428F772-B64A-441E-B8C3-9EBDD7F893C7,)\",\"File(kernel)\"]");
    assertThat(digest(kernel)).isEqualTo(boot.kernelDigest());
    JsonNode options =
        only(
            claims,
            "EV_EVENT_TAG",
            e -> e.path("string").asString().equals("LOADED_IMAGE::LoadOptions"));
    assertThat(digest(options)).isEqualTo(boot.commandLineDigest());
    assertThat(claims.size()).isEqualTo(20);
    assertThat(TdBoot.of(IMAGE.withPcr(12, new byte[32])).commandLineDigest())
        .isNotEqualTo(boot.commandLineDigest());
  }

  private static JsonNode only(JsonNode claims, String type, Predicate<JsonNode> details) {
    List<JsonNode> found =
        StreamSupport.stream(claims.spliterator(), false)
            .filter(e -> e.path("type_name").asString().equals(type))
            .filter(e -> details.test(e.path("details")))
            .toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static byte[] digest(JsonNode event) {
    return HexFormat.of().parseHex(event.path("digests").path(0).path("digest").asString());
  }

  @Test
  void eventsOfTheAgentExtendTheRegisterOfTheirPcr() {
    TrustDomain guest = launch(TdOptions.standard());
    byte[] before = guest.eventLog();
    AgentEvent event = new AgentEvent("github.com/confidential-containers", "PullImage", "busybox");

    guest.measure(AgentEvent.DEFAULT_PCR, event);

    byte[] expected =
        DigestAlgorithm.SHA384.digest(new byte[48], DigestAlgorithm.SHA384.digest(event.data()));
    assertThat(guest.quote(Lab.REPORT_DATA).body().get(TdField.RTMR_3)).isEqualTo(expected);
    byte[] after = guest.eventLog();
    assertThat(Arrays.copyOf(after, before.length - 8))
        .isEqualTo(Arrays.copyOf(before, before.length - 8));
    assertThat(Arrays.copyOfRange(after, after.length - 8, after.length)).containsOnly(0xff);
    assertThat(only(EventLog.parse(after).claims(), "EV_EVENT_TAG", e -> e.has("data")).toString())
        .contains("PullImage");
  }

  @Test
  void hostBindsInitdataAndDebugging() {
    byte[] digest = new byte[32];
    Arrays.fill(digest, (byte) 7);
    TrustDomain guest =
        TrustDomain.launch(
            authority.platform(), IMAGE, Optional.of(digest), TdOptions.standard().withDebug());

    TdBody body = guest.quote(new byte[0]).body();

    assertThat(body.get(TdField.MR_CONFIG_ID)).isEqualTo(Arrays.copyOf(digest, 48));
    assertThat(body.debug()).isTrue();
  }

  @Test
  void logCanBeAbsent() {
    assertThat(
            launch(TdOptions.standard().withoutEventLog())
                .evidence(Lab.REPORT_DATA)
                .path("cc_eventlog")
                .isNull())
        .isTrue();
  }

  @Test
  void reportIsVouchedForByTheProcessor() {
    TdReport report = authority.platform().report(TdBody.zero(TdBody.SIZE_1_0));

    assertThat(report.hashesFit()).isTrue();
    assertThat(report.bytes())
        .isEqualTo(authority.platform().report(TdBody.zero(TdBody.SIZE_1_0)).bytes());
    assertThat(
            authority
                .newPlatform(authority.platform().tcb())
                .report(TdBody.zero(TdBody.SIZE_1_0))
                .bytes())
        .isNotEqualTo(report.bytes());
  }

  @Test
  void reportDataThatDoesNotFitIsRefused() {
    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(() -> launch(TdOptions.standard()).quote(new byte[65]))
        .withMessage("TDX Attester: Report data must be no more than 64 bytes")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.VALUE_SIZE));
    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(() -> TdOptions.standard().withQuoteVersion(3))
        .withMessage("TDX quote version 3 is not emulated; choose 4 or 5")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.NOT_EMULATED));
  }
}
