package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.tdx.TdField;
import dev.cocolab.evidence.tdx.TdReport;
import dev.cocolab.evidence.tdx.TdxQuote;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import dev.cocolab.tee.tdx.QuoteProof;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Guests of Azure's TDX hosts. */
class AzureTdxTest {

  private final PlatformAuthority platform = Lab.otherPlatform(AmdGeneration.MILAN);
  private RsaKeyPool keys;

  @BeforeEach
  void start() {
    keys = RsaKeyPool.resting(1, Lab.RANDOM);
  }

  @AfterEach
  void stop() {
    keys.close();
  }

  private VmRequest request(String size) {
    VmRequest request = Lab.request(keys);
    return new VmRequest(
        request.name(), size, request.vmId(), request.random(), request.clock(), keys);
  }

  private ConfidentialVm boot(String size) {
    return ConfidentialVm.boot(platform, BootImage.defaultPodVm(), request(size));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Standard_DC2es_v5", "Standard_EC4eds_v5", "Standard_DC2es_v6"})
  void sizePicksTheTee(String size) {
    try (ConfidentialVm vm = boot(size)) {
      assertThat(vm.tee()).isEqualTo(Tee.AZ_TDX_VTPM);
      assertThat(vm.pcrs()).isEqualTo(BootImage.defaultPodVm().bootedBank());
    }
  }

  @Test
  void processorsOfTheOtherKindAreRefused() {
    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(
            () ->
                ConfidentialVm.boot(
                    platform.processor(), BootImage.defaultPodVm(), request("Standard_DC2es_v5")))
        .withMessage(
            "VM size Standard_DC2es_v5 needs az-tdx-vtpm, which this processor does not have;"
                + " it has az-snp-vtpm")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.NOT_EMULATED));
    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(
            () ->
                ConfidentialVm.boot(
                    platform.intel().platform(),
                    BootImage.defaultPodVm(),
                    request("Standard_DC2as_v5")))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.NOT_EMULATED));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyPartCoversTheOneBelow(int version) throws GeneralSecurityException {
    try (ConfidentialVm vm = boot("Standard_DC2es_v5")) {
      JsonNode evidence = vm.evidence(Lab.REPORT_DATA, version);

      assertThat(List.copyOf(evidence.propertyNames()))
          .containsExactly("version", "tpm_quote", "hcl_report", "td_quote");
      assertThat(evidence.path("version").asInt()).isEqualTo(version);
      byte[] report = bytes(evidence, "hcl_report");
      HclReport hcl = HclReport.parse(report);
      assertThat(hcl.reportType()).isEqualTo(HclReport.TDX_TYPE);
      hcl.checkHeader();
      byte[] tdQuote = bytes(evidence, "td_quote");
      TdxQuote quote = TdxQuote.parse(tdQuote);
      assertThat(tdQuote).hasSize(quote.bytes().length + 70).endsWith(new byte[70]);
      QuoteProof.check(quote, platform.intel().root());
      assertThat(quote.header().version()).isEqualTo(4);
      byte[] bound = Arrays.copyOf(hcl.variableDataDigest(), 64);
      assertThat(quote.body().get(TdField.REPORT_DATA)).isEqualTo(bound);
      assertThat(quote.body().get(TdField.RTMR_2)).isEqualTo(new byte[48]);
      TdReport inside = TdReport.parse(Arrays.copyOfRange(report, 32, 32 + TdReport.SIZE));
      assertThat(inside.hashesFit()).isTrue();
      assertThat(inside.bytes())
          .isEqualTo(platform.intel().platform().report(quote.body()).bytes());
      assertThat(hcl.userData())
          .isEqualTo(version == 2 ? Arrays.copyOf(Lab.REPORT_DATA, 64) : new byte[64]);
      TpmQuote tpm = tpm(evidence.path("tpm_quote"));
      assertThat(tpm.isSignedBy(hcl.attestationKey())).isTrue();
      assertThat(TpmsAttest.parse(tpm.message()).extraData()).isEqualTo(Lab.REPORT_DATA);
    }
  }

  @Test
  void oldestEncodingIsNumbers() {
    try (ConfidentialVm vm = boot("Standard_DC2es_v5")) {
      JsonNode evidence = vm.evidence(Lab.REPORT_DATA, 0);

      assertThat(List.copyOf(evidence.propertyNames()))
          .containsExactly("tpm_quote", "hcl_report", "td_quote");
      assertThat(evidence.path("hcl_report").size()).isEqualTo(HclReport.SIZE);
      assertThat(evidence.path("tpm_quote").path("pcrs").path(0).size()).isEqualTo(32);
    }
  }

  private static byte[] bytes(JsonNode evidence, String member) {
    return Base64.getUrlDecoder().decode(evidence.path(member).asString());
  }

  private static TpmQuote tpm(JsonNode json) {
    List<byte[]> pcrs = new ArrayList<>();
    json.path("pcrs").forEach(pcr -> pcrs.add(HexFormat.of().parseHex(pcr.asString())));
    return TpmQuote.of(
        HexFormat.of().parseHex(json.path("signature").asString()),
        HexFormat.of().parseHex(json.path("message").asString()),
        pcrs);
  }
}
