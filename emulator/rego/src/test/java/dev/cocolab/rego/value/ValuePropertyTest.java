package dev.cocolab.rego.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.rego.RegoEngine;
import dev.cocolab.rego.SourceLimits;
import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.node.JsonNodeFactory;

class ValuePropertyTest {

  @Property(tries = 300)
  void jsonRoundTripKeepsTheValue(@ForAll("json") Value value) {
    Value again = JsonValues.fromJson(JsonValues.toJson(value));

    assertThat(again).isEqualByComparingTo(value).isEqualTo(value).hasSameHashCodeAs(value);
  }

  @Property(tries = 300)
  void textIsALiteralOfTheLanguageThatGivesTheValue(@ForAll("any") Value value) {
    RegoEngine engine =
        RegoEngine.builder()
            .limits(SourceLimits.kataAgent())
            .module(
                "m",
                "package t\nr if input.v == "
                    + ValueText.of(value)
                    + "\ns := "
                    + ValueText.of(value))
            .build();
    JsonNodeFactory json = JsonNodeFactory.instance;

    assertThat(engine.evaluate("data.t.s", json.objectNode(), json.objectNode()).value())
        .contains(JsonValues.toJson(value));
  }

  @Property(tries = 500)
  void orderIsTotal(@ForAll("any") Value a, @ForAll("any") Value b, @ForAll("any") Value c) {
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
    assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
    if (a.compareTo(b) <= 0 && b.compareTo(c) <= 0) {
      assertThat(a).isLessThanOrEqualTo(c);
    }
  }

  @Property(tries = 300)
  void stringsAreOrderedByCodePoints(@ForAll String a, @ForAll String b) {
    int[] x = a.codePoints().toArray();
    int[] y = b.codePoints().toArray();

    assertThat(Integer.signum(new StringValue(a).compareTo(new StringValue(b))))
        .isEqualTo(Integer.signum(java.util.Arrays.compare(x, y)));
  }

  @Property(tries = 300)
  void numbersHaveOneForm(@ForAll BigDecimal number) {
    BigDecimal padded = number.setScale(number.scale() + 3);

    assertThat(new NumberValue(padded)).isEqualTo(new NumberValue(number));
    assertThat(NumberValue.parse(new NumberValue(number).toString()))
        .isEqualTo(new NumberValue(number));
  }

  private static Arbitrary<Value> scalars() {
    return Arbitraries.oneOf(
        Arbitraries.just(NullValue.NULL),
        Arbitraries.of(BooleanValue.TRUE, BooleanValue.FALSE),
        Arbitraries.bigIntegers().map(NumberValue::of),
        Arbitraries.bigDecimals().map(NumberValue::new),
        Arbitraries.strings()
            .ofMaxLength(8)
            .filter(text -> text.codePoints().noneMatch(p -> p >= 0xD800 && p <= 0xDFFF))
            .map(StringValue::new));
  }

  @Provide
  Arbitrary<Value> json() {
    Arbitrary<String> keys = Arbitraries.strings().alpha().ofMaxLength(3);
    return Arbitraries.recursive(
        ValuePropertyTest::scalars,
        inner ->
            Arbitraries.oneOf(
                inner.list().ofMaxSize(4).map(items -> (Value) ArrayValue.of(items)),
                Arbitraries.maps(keys.map(StringValue::new), inner)
                    .ofMaxSize(4)
                    .map(ObjectValue::of)),
        0,
        3);
  }

  @Provide
  Arbitrary<Value> any() {
    return Arbitraries.oneOf(
        List.of(json(), json().list().ofMaxSize(4).map(items -> (Value) SetValue.of(items))));
  }
}
