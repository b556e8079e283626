package dev.cocolab.broker.appraisal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.broker.failure.BrokerException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runtime data of the attestation service. That absent ones are compared with nothing and become
 * null is shown by {@code RestfulAsTest.rawRuntimeDataAreTheReportDataAndShowNothing}.
 */
@DisplayName("upstream: attestation-service parse_runtimedata_json_binding")
class UpstreamRuntimeDataTest {
  private static final JsonNode JSON =
      JsonMapper.shared().readTree("{\"b\":1,\"a\":\"test\",\"c\":{\"d\":\"e\"}}");

  @Test
  @DisplayName("raw: bytes are the expected data, claims are null")
  void raw() {
    byte[] bytes = "aaaaa".getBytes(StandardCharsets.UTF_8);
    RuntimeInput raw = new RuntimeInput.Raw(bytes);

    assertThat(raw.reportData()).isEqualTo(bytes);
    assertThat(raw.claims().isNull()).isTrue();
  }

  @Test
  @DisplayName("structured: SHA-384 of the canonical form, claims are the JSON")
  void structured() {
    RuntimeInput structured = new RuntimeInput.Structured(JSON, HashAlgorithm.SHA384);

    assertThat(HexFormat.of().formatHex(structured.reportData()))
        .isEqualTo(
            "e71ce8e70d814ba6639c3612ebee0ff1f76f650f8dbb5e47157e0f3f525cd22c4597480a186427c813ca941da78870c3");
    assertThat(structured.claims()).isEqualTo(JSON);
  }

  /** SHA-2: FIPS 180-4 examples; SM3: GB/T 32905-2016, example A.1. All of {@code abc}. */
  @ParameterizedTest
  @CsvSource({
    "sha256, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "SHA384, cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    "sha512, ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "Sm3, 66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
  })
  void hashesOfTheStandards(String name, String expected) {
    byte[] digest = HashAlgorithm.ofRequest(name).digest("abc".getBytes(StandardCharsets.US_ASCII));

    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(expected);
  }

  @Test
  void otherHashesAreRefusedByName() {
    assertThatThrownBy(() -> HashAlgorithm.ofRequest("md5"))
        .isInstanceOf(BrokerException.class)
        .hasMessage("`md5` is none of sha256, sha384, sha512, sm3");
  }
}
