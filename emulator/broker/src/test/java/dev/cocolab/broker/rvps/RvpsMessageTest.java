package dev.cocolab.broker.rvps;

import static dev.cocolab.broker.rvps.CborWriter.array;
import static dev.cocolab.broker.rvps.CborWriter.bytes;
import static dev.cocolab.broker.rvps.CborWriter.map;
import static dev.cocolab.broker.rvps.CborWriter.number;
import static dev.cocolab.broker.rvps.CborWriter.tagged;
import static dev.cocolab.broker.rvps.CborWriter.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.broker.failure.BrokerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages that register reference values, and the three kinds of manifest. */
class RvpsMessageTest {
  private static final String HASH =
      "758af96044c700f98a85347be27124d51c05b8784ba216b629b9aaab6d538c759aed9922a133e4ac473564d359b271d5";
  private static final String UUID = "31fb5abf-023e-4992-aa4e-95f9c1503bfa";
  private static final String DIGEST =
      "a3a5e715f0cc574a73c3f9bebb6bc24f32ffd5b67b387244c2c909da779a1478";

  private static Map<String, JsonNode> extract(String type, byte[] manifest) {
    return RvpsMessage.parse(message(type, Base64.getEncoder().encodeToString(manifest))).extract();
  }

  private static String message(String type, String payload) {
    return "{\"version\":\"0.1.0\",\"type\":\"" + type + "\",\"payload\":\"" + payload + "\"}";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void sampleKeepsEachValueAsItIs() {
    Map<String, JsonNode> values =
        extract("sample", utf8("{\"a\":[\"1\"],\"b\":2,\"c\":true,\"d\":{\"e\":null}}"));

    assertThat(values).containsOnlyKeys("a", "b", "c", "d");
    assertThat(values.get("a").isArray()).isTrue();
    assertThat(values.get("b").intValue()).isEqualTo(2);
    assertThat(values.get("d").path("e").isNull()).isTrue();
  }

  @Test
  void theVersionMayBeAbsent() {
    String payload = Base64.getEncoder().encodeToString(utf8("{\"a\":1}"));

    assertThat(RvpsMessage.parse("{\"type\":\"sample\",\"payload\":\"" + payload + "\"}").extract())
        .containsOnlyKeys("a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"version\":\"0.2.0\",\"type\":\"sample\",\"payload\":\"\"}"
            + "|Version unmatched! Need 0.1.0, given 0.2.0.",
        "{\"version\":1,\"type\":\"sample\",\"payload\":\"\"}"
            + "|parse message: member `version` must be a string",
        "{\"type\":\"rv-list\",\"payload\":\"\"}|Could not find extractor for rv-list",
        "{\"type\":\"in-toto\",\"payload\":\"\"}|Could not find extractor for in-toto",
        "{\"payload\":\"\"}|parse message: member `type` must be a string",
        "{\"type\":\"sample\"}|parse message: member `payload` must be a string",
        "{\"type\":\"sample\",\"payload\":\"e30\"}|payload is not base64: Invalid padding",
        "{\"type\":\"sample\",\"payload\":\"-_-_\"}|payload is not base64",
        "{\"type\":\"sample\",\"payload\":\"W10=\"}|the payload of type `sample` is not a JSON object",
        "{\"type\":\"sample\",\"payload\":\"ew==\"}|parse payload",
        "{\"type\":\"swid\",\"payload\":\"e30=\"}|the payload of type `swid` is not XML",
        "{\"type\":\"corim\",\"payload\":\"e30=\"}|not CBOR",
        "[]|parse message: member `payload` must be a string",
        "{|parse message"
      })
  void whatCannotBeReadIsRefusedWithTheReason(String message, String reason) {
    assertThatThrownBy(() -> RvpsMessage.parse(message).extract())
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(BrokerException.Reason.REFERENCE_VALUES);
              assertThat(e.chain()).startsWith(reason);
            });
  }

  private static byte[] rim(String meta, String resources) {
    return utf8(
        """
        <SoftwareIdentity xmlns="http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
            xmlns:h="http://www.w3.org/2001/04/xmlenc#sha384" name="GH100" tagId="t">
          <Meta xmlns:r="https://trustedcomputinggroup.org/resource/tcg-reference-integrity-manifest-rim-information-model/"
              %s/>
          <Payload>%s</Payload>
        </SoftwareIdentity>
        """
            .formatted(meta, resources));
  }

  private static final String META =
      "edition=\"GPU\" r:PlatformManufacturerStr=\"NVIDIA Corporation\"";

  @Test
  @DisplayName("upstream: extract_test_rim")
  void swidNamesManufacturerEditionAndIndex() {
    String zeros = "0".repeat(96);
    Map<String, JsonNode> values =
        extract(
            "swid",
            rim(
                META,
                """
                <Resource type="Measurement" index="0" h:Hash0="%s" name="Measurement_0"/>
                <Resource type="Measurement" index="12" h:Hash0="%s" h:Hash1="%s" h:Hash2="ab"
                  h:Hash4="cd"/>
                <Resource type="Other" index="13" h:Hash0="ef"/>
                <Resource type="Measurement" index="a-b" h:Hash0="01"/>
                """
                    .formatted(zeros, HASH, zeros)));

    assertThat(values)
        .containsOnlyKeys(
            "NVIDIA_Corporation.GPU.measurement_12", "NVIDIA_Corporation.GPU.measurement_a_b");
    assertThat(values.get("NVIDIA_Corporation.GPU.measurement_12"))
        .isEqualTo(JsonMapper.shared().readTree("[\"" + HASH + "\",\"ab\"]"));
  }

  @ParameterizedTest
  @CsvSource({
    "r:PlatformManufacturerStr='N', <Resource type='Measurement'/>, Could not find edition",
    "edition='GPU', '', Could not find manufacturer information.",
    "edition='E' r:PlatformManufacturerStr='N', <Resource type='Measurement'/>, Could not find measurement name"
  })
  void swidWithoutANameIsRefused(String meta, String resources, String reason) {
    byte[] rim = rim(meta.replace('\'', '"'), resources.replace('\'', '"'));

    assertThatThrownBy(() -> extract("swid", rim)).hasMessageContaining(reason);
  }

  @Test
  void swidReadsNothingThatIsElsewhere() {
    byte[] attack =
        utf8(
            "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><SoftwareIdentity>&e;"
                + "</SoftwareIdentity>");

    assertThatThrownBy(() -> extract("swid", attack)).hasMessageContaining("DOCTYPE is disallowed");
    assertThatThrownBy(() -> extract("swid", utf8("<a/>")))
        .hasMessageContaining("Could not find meta information.");
  }

  private static byte[] measurement(byte[] key, byte[]... values) {
    return map(number(0), key, number(1), map(values));
  }

  private static byte[] digests(String... hex) {
    List<byte[]> out = new ArrayList<>();
    for (String one : hex) {
      out.add(array(number(1), bytes(HexFormat.of().parseHex(one))));
    }
    return array(out.toArray(byte[][]::new));
  }

  private static byte[] uuid() {
    return tagged(37, bytes(HexFormat.of().parseHex(UUID.replace("-", ""))));
  }

  /** The shape of upstream's example: one triple, three claims with the same UUID as key. */
  private static byte[] comid() {
    byte[] environment =
        map(
            number(0),
            map(
                number(0),
                tagged(560, bytes(utf8("acme-implementation-id-000000001"))),
                number(1),
                text("ACME"),
                number(2),
                text("RoadRunner")));
    byte[] claims =
        array(
            measurement(uuid(), number(2), digests("87"), number(-1), number(1720782190)),
            measurement(uuid(), number(2), digests("02"), number(-1), number(1720782190)),
            measurement(uuid(), number(2), digests(DIGEST)),
            measurement(
                text("k"),
                number(11),
                text("n"),
                number(8),
                text("s"),
                number(2),
                digests("01", "02"),
                number(4),
                tagged(560, bytes(new byte[] {10, 11}))),
            measurement(number(7), number(4), tagged(563, array())),
            measurement(number(9), number(2), digests()));
    return map(
        number(1),
        map(number(0), bytes(new byte[16])),
        number(4),
        map(number(0), array(array(environment, claims))));
  }

  private static byte[] corim(byte[] comid) {
    return map(
        number(0),
        text("test corim id"),
        number(1),
        array(tagged(506, bytes(comid)), tagged(505, bytes(new byte[0]))));
  }

  @Test
  @DisplayName("upstream: extract_test_corim")
  void corimNamesEnvironmentKeyNameAndSerial() {
    Map<String, JsonNode> values = extract("corim", tagged(501, corim(comid())));

    assertThat(values)
        .containsOnlyKeys(
            "ACME/RoadRunner/" + UUID + "/digests",
            "ACME/RoadRunner/k/n/s/digests",
            "ACME/RoadRunner/k/n/s/raw_bytes",
            "ACME/RoadRunner/claim9/digests");
    assertThat(values.get("ACME/RoadRunner/" + UUID + "/digests").get(0).asString())
        .isEqualTo(DIGEST);
    assertThat(values.get("ACME/RoadRunner/k/n/s/digests").toString()).isEqualTo("[\"01\",\"02\"]");
    assertThat(values.get("ACME/RoadRunner/k/n/s/raw_bytes").asString()).isEqualTo("0a0b");
    assertThat(values.get("ACME/RoadRunner/claim9/digests")).isEmpty();
  }

  @Test
  void corimIsReadUnderAnyOfItsTagsSignedOrNot() {
    byte[] plain = corim(comid());
    byte[] signed =
        tagged(
            18, array(bytes(new byte[0]), map(), bytes(tagged(501, plain)), bytes(new byte[64])));

    assertThat(extract("corim", plain)).hasSize(4);
    assertThat(extract("corim", tagged(500, tagged(502, signed)))).hasSize(4);
    assertThat(extract("corim", tagged(500, tagged(501, plain)))).hasSize(4);
  }

  @Test
  void corimOfAnotherShapeIsRefusedWithTheReason() {
    assertThatThrownBy(() -> extract("corim", number(1)))
        .hasMessage("CoRIM of a CoRIM must be a map");
    assertThatThrownBy(() -> extract("corim", map())).hasMessage("CoRIM without tags");
    assertThatThrownBy(() -> extract("corim", tagged(99, map())))
        .hasMessage("tag 99 is not that of a CoRIM");
    assertThatThrownBy(() -> extract("corim", tagged(18, array())))
        .hasMessage("COSE_Sign1 without a payload");
    assertThatThrownBy(() -> extract("corim", corim(map(number(4), map(number(0), number(1))))))
        .hasMessage("reference triples of a CoRIM must be an array");
    assertThatThrownBy(
            () -> extract("corim", corim(map(number(4), map(number(0), array(array()))))))
        .hasMessage("a reference triple needs an environment and measurements");
    byte[] claim = measurement(tagged(37, bytes(new byte[15])));
    assertThatThrownBy(
            () ->
                extract(
                    "corim",
                    corim(map(number(4), map(number(0), array(array(map(), array(claim))))))))
        .hasMessage("a UUID that is not 16 bytes");
  }

  @Property(tries = 200)
  void anyPayloadIsReadOrRefused(@ForAll byte[] payload, @ForAll boolean swid) {
    try {
      extract(swid ? "swid" : "corim", payload);
    } catch (BrokerException refused) {
      assertThat(refused.reason()).isEqualTo(BrokerException.Reason.REFERENCE_VALUES);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 40, 80, 120})
  void aCutManifestIsRefused(int left) {
    byte[] cut = java.util.Arrays.copyOf(tagged(501, corim(comid())), left);

    assertThatThrownBy(() -> extract("corim", cut)).hasMessageStartingWith("not CBOR");
  }
}
