package dev.cocolab.evidence.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Vectors;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Logs captured in real guests, with Trustee's reading of them. */
class EventLogVectorsTest {

  private static final String ZERO = "00".repeat(48);
  private static final String TD_SHIM_RTMR0 =
      "2dc712306a963eadb894ad47dbaa17df44814151555aee11cbb843becca88950ffd079664902e6f22c66f7c8213543f4";
  private static final String TD_SHIM_RTMR1 =
      "0fa3be56af61208bbd179dc7b124988eb929319154663c539d6f46445ecac2fec287075047ff7bd1922829fec28cd3cf";

  private static EventLog log(String file) {
    return EventLog.parse(Vectors.required().bytes(file));
  }

  /** As a peer reads the claims: numbers have no width. */
  private static JsonNode written(EventLog log) {
    return JsonMapper.shared().readTree(log.claims().toString());
  }

  private static List<byte[]> registers(String... hex) {
    return Arrays.stream(hex).map(HexFormat.of()::parseHex).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "tdx/CCEL_data, CCEL_data_out.json",
    "tdx/CCEL_data_ovmf, CCEL_data_ovmf_out.json",
    "eventlog/CCEL_data_grub, CCEL_data_grub_out.json",
    "eventlog/CCEL_AAEL_alibabacloud, CCEL_AAEL_alibabacloud_out.json",
    "eventlog/CCEL_data_csv, CCEL_data_csv_out.json",
  })
  void claimsAreThoseOfTrustee(String file, String golden) {
    assertThat((Object) written(log(file)))
        .isEqualTo(Vectors.required().json("eventlog/" + golden).path("uefi_event_logs"));
  }

  @Test
  void claimsAreThoseOfTrusteesTdxVerifier() {
    assertThat((Object) written(log("tdx/CCEL_data")))
        .isEqualTo(
            Vectors.required().json("tdx/parse_tdx_claims_expected.json").path("uefi_event_logs"));
  }

  @ParameterizedTest
  @CsvSource({
    "tdx/CCEL_data," + TD_SHIM_RTMR0 + "," + TD_SHIM_RTMR1 + ",,",
    "tdx/CCEL_data_ovmf,"
        + "8566f998798db09443b244c62de9a3041fb02e2e6936c4396d784bba2e90177329ec5aba3bb484404f2ab9cc90abe193,"
        + "775b9f6bfe99f8a31396f0d0218e67ffa796d3b96ccf961cbb0deba48c79c00f082cda1a5567c1c16305f1fc210c13c6,"
        + "94eaf7a7bf398ed8d888c91057ae0261802e4f3df084213a76ca7f0b5055ac9d2241de43cd58d9e8b49c503bbf25f34a,",
    "eventlog/CCEL_data_grub,"
        + "cec0a104f691f60da2387fea3c2de00c4ac035e2bb479ff02edcce69039d9e9907f0b3e55031da3dc7038f423adebd79,"
        + "6c289e0c62182d41ebe97bdbc9872d10998a08eaa86adcdc684001a363207ee72942c7522cdf00a4bbc3d784bed7b670,"
        + "08919d017ba0e52cd6d966351c7de16fe76c1d3d3d3da4554239e4c7d16cb8b82a94e7eaea3a0e6e18eb690b999fd31e,",
    "eventlog/CCEL_AAEL_alibabacloud,"
        + "b796e1c11396c198ae88794def4cb8e24fa9b35468287c298087f00d4de7433e4e31a297a4e5a03d4300fa6f3a96d47c,"
        + "3b0b906140fcea689c8774ac1eafcf0fef8e22ba81a047fd750ebd7df3235c2704df6106a758e31e5645e9838ff37406,"
        + "35f2801338c1b5fce96518f058c37e0fe9ed247a12dcd5f50d9c18fe4b6c71311bb63fca2640c7915817b6aa412a8480,"
        + "5e4ecd49d3c7983d6f9ca36755b5cee0b423d7fa8c5a88aeb0681bd4698772bc37b4463dc5f722efe352a66417257dad",
  })
  void replayGivesTheRegisters(
      String file, String rtmr0, String rtmr1, String rtmr2, String rtmr3) {
    List<byte[]> given = registers(rtmr0, rtmr1, orZero(rtmr2), orZero(rtmr3));

    log(file).requireRtmrs(DigestAlgorithm.SHA384, given);

    assertThat(log(file).replayRtmrs(DigestAlgorithm.SHA384))
        .usingRecursiveComparison()
        .isEqualTo(given);
  }

  private static String orZero(String hex) {
    return hex == null ? ZERO : hex;
  }

  @Test
  void aRegisterThatDiffersIsRefusedWithBothValues() {
    String wrong = "2" + TD_SHIM_RTMR1.substring(1);

    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                log("tdx/CCEL_data")
                    .requireRtmrs(
                        DigestAlgorithm.SHA384, registers(TD_SHIM_RTMR0, wrong, ZERO, ZERO)));

    assertThat(refusal)
        .hasMessage(
            "Eventlog does not pass measurement replay CC Event Log Measurement Register"
                + " [index = 2]. Calculated value: "
                + TD_SHIM_RTMR1
                + ", Given value: "
                + wrong);
    assertThat(refusal.reason()).isEqualTo(Refusal.EVENT_LOG_REPLAY);
    assertThat(refusal.mismatch())
        .contains(new EvidenceException.Mismatch("register 2", wrong, TD_SHIM_RTMR1));
  }

  @Test
  void theFirstRegisterThatDiffersIsNamed() {
    assertThat(
            catchThrowableOfType(
                EvidenceException.class,
                () ->
                    log("tdx/CCEL_data")
                        .requireRtmrs(DigestAlgorithm.SHA384, registers(ZERO, ZERO, ZERO, ZERO))))
        .hasMessageContaining("[index = 1]. Calculated value: " + TD_SHIM_RTMR0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tdx/CCEL_data_ovmf",
        "eventlog/CCEL_data_grub",
        "eventlog/CCEL_AAEL_alibabacloud",
        "eventlog/CCEL_data_csv"
      })
  void recordsAreWrittenAsTheyWereRead(String file) {
    byte[] bytes = Vectors.required().bytes(file);

    byte[] written = EventLog.parse(bytes).append().build();

    assertThat(written).isEqualTo(Arrays.copyOf(bytes, written.length));
    int size = EventLog.parse(bytes).records().stream().mapToInt(r -> r.encode().length).sum();
    assertThat(written).hasSizeGreaterThan(size).hasSizeLessThan(size + 100);
  }

  @Test
  void everyLogIsRead() {
    Vectors vectors = Vectors.required();
    for (String file : vectors.files("eventlog")) {
      if (!file.endsWith(".json")) {
        assertThat(log("eventlog/" + file).records()).as(file).isNotEmpty();
      }
    }
  }
}
