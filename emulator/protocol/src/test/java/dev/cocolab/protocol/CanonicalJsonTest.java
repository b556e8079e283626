package dev.cocolab.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class CanonicalJsonTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** RFC 8785, appendix B, and the edges of the three layouts. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2"
  })
  void printsNumbersAsEcmaScriptDoes(String bits, String expected) {
    double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

    assertThat(CanonicalJson.number(value)).isEqualTo(expected);
  }

  @Test
  void sortsMembersByUtf16AndEscapesAsLittleAsPossible() {
    JsonNode value =
        MAPPER.readTree(
            "{\"\\u20ac\":\"Euro\",\"\\r\":\"CR\",\"\\ufb33\":\"Dalet\",\"1\":\"One\","
                + "\"\\ud83d\\ude00\":\"Smile\",\"\\u0080\":\"Control\",\"\\u00f6\":\"o\"}");

    assertThat(CanonicalJson.text(value))
        .isEqualTo(
            "{\"\\r\":\"CR\",\"1\":\"One\",\"\u0080\":\"Control\",\"\u00f6\":\"o\","
                + "\"\u20ac\":\"Euro\",\"\ud83d\ude00\":\"Smile\",\"\ufb33\":\"Dalet\"}");
  }

  @Test
  void digestsUpstreamsVector() {
    JsonNode value = MAPPER.readTree("{\"b\":1,\"a\":\"test\",\"c\":{\"d\":\"e\"}}");

    assertThat(Vectors.hex(RuntimeData.digest(value)))
        .isEqualTo(
            "e71ce8e70d814ba6639c3612ebee0ff1f76f650f8dbb5e47157e0f3f525cd22c"
                + "4597480a186427c813ca941da78870c3");
  }

  @Test
  void refusesHalfASurrogatePair() {
    for (String half : List.of("\ud800", "\ud800x", "\udc00")) {
      assertThatThrownBy(() -> CanonicalJson.text(JsonNodeFactory.instance.stringNode(half)))
          .isInstanceOfSatisfying(
              ProtocolException.class,
              e -> assertThat(e.reason()).isEqualTo(ProtocolException.Reason.NOT_CANONICAL));
    }
  }

  @Test
  void refusesDeepNestingInsteadOfOverflowing() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode inner = root;
    for (int i = 0; i < 200; i++) {
      inner = inner.putObject("a");
    }
    ObjectNode deep = root;

    assertThatThrownBy(() -> CanonicalJson.bytes(deep))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> assertThat(e.reason()).isEqualTo(ProtocolException.Reason.NOT_CANONICAL));
  }

  @Property(tries = 300)
  void readsBackToTheSameValueAndIsStable(@ForAll("values") JsonNode value) {
    String text = CanonicalJson.text(value);
    JsonNode again = MAPPER.readTree(text);

    assertThat(CanonicalJson.text(again)).isEqualTo(text);
  }

  @Property(tries = 500)
  void printsEachDoubleSoThatItReadsBack(@ForAll double value) {
    assertThat(Double.parseDouble(CanonicalJson.number(value))).isEqualTo(value + 0.0);
  }

  @Provide
  Arbitrary<JsonNode> values() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    Arbitrary<JsonNode> leaf =
        Arbitraries.oneOf(
            Arbitraries.strings().filter(CanonicalJsonTest::hasNoHalfPairs).map(json::stringNode),
            Arbitraries.integers().map(json::numberNode),
            Arbitraries.doubles().map(json::numberNode),
            Arbitraries.of(true, false).map(json::booleanNode),
            Arbitraries.just(json.nullNode()));
    return Arbitraries.lazyOf(
        () -> leaf,
        () -> leaf.list().ofMaxSize(4).map(list -> json.arrayNode().addAll(list)),
        () ->
            Arbitraries.maps(Arbitraries.strings().alpha().ofMaxLength(6), values())
                .ofMaxSize(3)
                .map(
                    map -> {
                      ObjectNode out = json.objectNode();
                      map.forEach(out::set);
                      return out;
                    }));
  }

  private static boolean hasNoHalfPairs(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }
}
