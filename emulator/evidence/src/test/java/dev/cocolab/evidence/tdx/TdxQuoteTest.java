package dev.cocolab.evidence.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real quotes are read and written byte for byte; others are refused in Trustee's words. */
class TdxQuoteTest {
  private static final QuoteHeader V4 = header(4);

  private static QuoteHeader header(int version) {
    return new QuoteHeader(version, 2, QuoteHeader.TDX, new byte[4], new byte[16], new byte[20]);
  }

  private static QuoteSignature signature() {
    byte[] pair = new byte[QuoteSignature.PAIR];
    Arrays.fill(pair, (byte) 7);
    return new QuoteSignature(
        pair, pair, QeReport.zero(), pair, new byte[32], "PEM".getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] quote() {
    return TdxQuote.of(V4, TdBody.zero(TdBody.SIZE_1_0), signature()).bytes();
  }

  @ParameterizedTest
  @CsvSource({
    "tdx/tdx_quote_4.dat, 4, 584",
    "tdx/tdx_quote_6.dat, 4, 584",
    "tdx/quote_v5_sample.dat, 5, 648",
    "az-tdx-vtpm/td-quote.bin, 4, 584",
  })
  void realQuotesAreReadAndWrittenByteForByte(String file, int version, int bodySize) {
    byte[] bytes = Vectors.required().bytes(file);

    TdxQuote quote = TdxQuote.parse(bytes);

    assertThat(quote.header().version()).isEqualTo(version);
    assertThat(quote.body().size()).isEqualTo(bodySize);
    assertThat(quote.declaredSize()).isEqualTo(bodySize);
    assertThat(bytes).startsWith(quote.bytes());
    assertThat(TdxQuote.parse(quote.bytes()).bytes()).isEqualTo(quote.bytes());
    assertThat(new String(quote.signature().certificates(), StandardCharsets.US_ASCII))
        .startsWith("-----BEGIN CERTIFICATE-----");
  }

  @Test
  void fieldsOfARealQuoteAreWhereTheyShouldBe() {
    TdxQuote quote = TdxQuote.parse(Vectors.required().bytes("tdx/tdx_quote_4.dat"));

    assertThat(HexFormat.of().formatHex(quote.header().vendorId()))
        .isEqualTo("939a7233f79c4ca9940a0db3957f0607");
    assertThat(quote.body().debug()).isTrue();
    assertThat(quote.signature().qeReport().isvProdId()).isEqualTo(2);
  }

  @Test
  void aQuoteForSgxIsNotOneForTdx() {
    byte[] bytes = Vectors.required().bytes("tdx/occlum_quote.dat");

    assertThat(catchThrowableOfType(EvidenceException.class, () -> TdxQuote.parse(bytes)).reason())
        .isEqualTo(Refusal.TDX_QUOTE_IS_SGX);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0   | 03 | unsupported quote version 3 / tee_type 0x00000081",
        "0   | 06 | unsupported quote version 6 / tee_type 0x00000081",
        "2   | 03 | unsupported att_key_type 3, expected 2 (ECDSA-256-with-P-256)",
        "4   | 00 | unsupported quote version 4 / tee_type 0x00000000",
        "7   | 01 | unsupported quote version 4 / tee_type 0x01000081",
        "634 | 7f | quote too short for declared signature data length (8323697)",
        "764 | 05 | expected cert data type 6, got 5",
        "1219| ff | QE authentication data out of bounds",
        "1252| 06 | expected cert chain type 5, got 6",
        "1256| 01 | PCK certificate chain data out of bounds",
      })
  void aChangedFieldOfTheFrameIsRefusedByName(int offset, String hex, String message) {
    byte[] bytes = quote();
    bytes[offset] = HexFormat.of().parseHex(hex)[0];

    assertThatThrownBy(() -> TdxQuote.parse(bytes)).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "4, 4"})
  void aTypeThatTrusteeDoesNotKnowIsRefused(int type, int told) {
    byte[] bytes = TdxQuote.of(header(5), TdBody.zero(TdBody.SIZE_1_5), signature()).bytes();
    bytes[QuoteHeader.SIZE] = (byte) type;

    assertThatThrownBy(() -> TdxQuote.parse(bytes))
        .hasMessage("parse QuoteV5 Type failed. " + told + " not defined.");
  }

  @Test
  void bytesBehindTheSignatureDataAreIgnored() {
    assertThat(TdxQuote.parse(Arrays.copyOf(quote(), quote().length + 70)).bytes())
        .isEqualTo(quote());
  }

  @Test
  void everyShorterQuoteIsRefusedAndNothingElseIsThrown() {
    for (int length = 0; length < quote().length; length++) {
      byte[] cut = Arrays.copyOf(quote(), length);
      assertThatThrownBy(() -> TdxQuote.parse(cut)).isInstanceOf(EvidenceException.class);
    }
  }

  @Test
  void whateverBytesComeNothingElseIsThrown() {
    Random random = new Random(20261201);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = quote();
      for (int change = random.nextInt(8); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        TdxQuote.parse(bytes).bytes();
      } catch (EvidenceException refused) {
        assertThat(refused.reason()).isIn(Refusal.TDX_QUOTE_MALFORMED, Refusal.TDX_QUOTE_IS_SGX);
      }
    }
  }

  @Test
  void theSizeOfTheBodyGoesWithTheVersion() {
    TdBody body = TdBody.zero(TdBody.SIZE_1_5);

    assertThatThrownBy(() -> TdxQuote.of(V4, body, signature()))
        .hasMessage("a quote of version 4 has no body of 648 bytes");
    assertThatThrownBy(() -> TdBody.zero(600)).hasMessageContaining("600");
    assertThatThrownBy(() -> TdBody.zero(TdBody.SIZE_1_0).with(TdField.MR_SERVICETD, new byte[48]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
