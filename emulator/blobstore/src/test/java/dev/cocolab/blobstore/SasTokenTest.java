package dev.cocolab.blobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SasTokenTest {

  private static final StorageAccount ACCOUNT =
      StorageAccount.of("encrypteddatasets", new byte[32]);
  private static final String HOST = "encrypteddatasets.blob.core.windows.net";

  private static SasToken token(String query) {
    return SasToken.of(RequestTarget.parse(HOST, "/data/x?" + query)).orElseThrow();
  }

  /** Java would ask the name service of the machine for these. */
  @ParameterizedTest
  @ValueSource(strings = {"127.1", "127.0.0.999", "face.de", ".::1", "127.0.0.1-beef.de"})
  void whatIsNoAddressIsNeverLookedUp(String range) {
    String text =
        "r\n\n2030-01-01T00:00:00Z\n/blob/encrypteddatasets/data/x\n\n"
            + range
            + "\n\n2015-04-05\n\n\n\n\n";
    RequestTarget target =
        RequestTarget.parse(
            HOST,
            "/data/x?sv=2015-04-05&sr=b&sp=r&se=2030-01-01T00:00:00Z&sip="
                + range
                + "&sig="
                + RequestTarget.encode(Signatures.sign(ACCOUNT.key(), text)));
    Authorizer authorizer =
        new Authorizer(
            Map.of(ACCOUNT.name(), ACCOUNT),
            Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC),
            false);

    assertThatThrownBy(
            () ->
                authorizer.check(
                    Operation.GET_BLOB,
                    "GET",
                    target,
                    MultiMap.caseInsensitiveMultiMap(),
                    "127.0.0.1",
                    () -> true))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.details().values()).contains("Signature fields not well formed."));
  }

  /**
   * Signs by an independent spelling of the documented strings, one for each layout that versions
   * have had.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2015-04-05 | r\\n\\n2030-01-01T00:00:00Z\\n/blob/encrypteddatasets/data/x\\n\\n\\nhttps\\n2015-04-05\\n\\n\\n\\n\\n",
        "2018-11-09 | r\\n\\n2030-01-01T00:00:00Z\\n/blob/encrypteddatasets/data/x\\n\\n\\nhttps\\n2018-11-09\\nb\\n\\n\\n\\n\\n\\n",
        "2020-12-06 | r\\n\\n2030-01-01T00:00:00Z\\n/blob/encrypteddatasets/data/x\\n\\n\\nhttps\\n2020-12-06\\nb\\n\\n\\n\\n\\n\\n\\n"
      })
  void signsTheStringOfTheVersionSent(String version, String expected) {
    String signature = Signatures.sign(ACCOUNT.key(), expected.strip().replace("\\n", "\n"));
    SasToken sas =
        token(
            "sv="
                + version
                + "&sr=b&sp=r&spr=https&se=2030-01-01T00:00:00Z&sig="
                + RequestTarget.encode(signature));

    sas.checkSignature(ACCOUNT, RequestTarget.parse(HOST, "/data/x"));

    assertThatThrownBy(() -> sas.checkSignature(ACCOUNT, RequestTarget.parse(HOST, "/data/y")))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.error()).isEqualTo(BlobError.AUTHENTICATION_FAILED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sv=2012-02-12&sr=b&sp=r&se=2030-01-01&sig=x",
        "sr=b&sp=r&se=2030-01-01&sig=x",
        "sv=2021-12-02&sr=b&sp=r&sig=x",
        "sv=2021-12-02&sp=r&se=2030-01-01&sig=x",
        "sv=2021-12-02&sr=b&sp=r&se=2030-01-01&si=policy&sig=x",
        "sv=2021-12-02&sr=b&sp=r&se=2030-01-01&skoid=1&sig=x",
        "sv=2021-12-02&sr=d&sp=r&se=2030-01-01&sig=x",
        "sv=2021-12-02&sr=b&sp=r&se=2030-01-01&sig="
      })
  void refusesTokensItCannotEvaluate(String query) {
    assertThatThrownBy(
            () -> token(query).checkSignature(ACCOUNT, RequestTarget.parse(HOST, "/data/x")))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> {
              assertThat(e.error()).isEqualTo(BlobError.AUTHENTICATION_FAILED);
              assertThat(e.details()).containsKey("AuthenticationErrorDetail");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01,                2026-01-01T00:00:00Z",
    "2026-01-01T10:05Z,         2026-01-01T10:05:00Z",
    "2026-01-01T10:05:06Z,      2026-01-01T10:05:06Z",
    "2026-01-01T10:05:06.5000000Z, 2026-01-01T10:05:06.500Z"
  })
  void readsTheTimesTheServiceReads(String text, String instant) {
    assertThat(SasTimes.parse(text)).isEqualTo(Instant.parse(instant));
  }

  @Test
  void boundsOfTheTimeFrameAreInside() {
    SasToken sas = token("sig=x&st=2026-01-01T00:00:00Z&se=2026-01-01T01:00:00Z");

    sas.checkTime(Instant.parse("2026-01-01T00:00:00Z"));
    sas.checkTime(Instant.parse("2026-01-01T01:00:00Z"));
    assertThatThrownBy(() -> sas.checkTime(Instant.parse("2025-12-31T23:59:59.999Z")))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e ->
                assertThat(e.details())
                    .containsExactlyEntriesOf(
                        Map.of(
                            "AuthenticationErrorDetail",
                            "Signature not valid in the specified time frame: Start [Thu, 01 Jan 2026 00:00:00 GMT]"
                                + " - Expiry [Thu, 01 Jan 2026 01:00:00 GMT]"
                                + " - Current [Wed, 31 Dec 2025 23:59:59 GMT]")));
    assertThatThrownBy(() -> sas.checkTime(Instant.parse("2026-01-01T01:00:01Z")))
        .isInstanceOf(RefusedException.class);
  }

  @Property
  void neverThrowsAnythingButARefusal(@ForAll @StringLength(max = 60) String text) {
    try {
      RequestTarget target = RequestTarget.parse(HOST, "/data/x?" + text);
      assertThat(target.container()).contains("data");
    } catch (RefusedException refused) {
      assertThat(refused.error().status()).isEqualTo(400);
    }
  }

  @Property
  void canonicalNamesAreDecodedOnce(
      @ForAll @AlphaChars @NumericChars @StringLength(min = 1, max = 20) String name) {
    RequestTarget target =
        RequestTarget.parse(HOST, "/data/" + RequestTarget.encode(name + "%+ ä/") + "end");

    assertThat(target.canonicalBlob())
        .isEqualTo("/blob/encrypteddatasets/data/" + name + "%+ ä/end");
  }
}
