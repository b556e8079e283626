package dev.cocolab.rego.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.JsonValues;
import dev.cocolab.rego.value.NullValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import dev.cocolab.rego.value.ValueLimitException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BuiltinPropertyTest {

  /** Stops what runs away, as an evaluation does. */
  private static final class Purse implements Meter {
    private long left = 50_000;

    @Override
    public void charge(long units) {
      assertThat(units).isNotNegative();
      left -= units;
      if (left < 0) {
        throw new ValueLimitException("used up");
      }
    }

    @Override
    public Clock clock() {
      return Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    }
  }

  @Property(tries = 8000)
  void everyFunctionAnswersOrRefusesInItsOwnWords(
      @ForAll("names") String name, @ForAll("arguments") List<Value> pool) {
    Builtin builtin = Builtins.find(name).orElseThrow();
    try {
      Value value = builtin.body().call(new Purse(), pool.subList(0, builtin.arity()));
      if (value.isDefined()) {
        Value again = JsonValues.fromJson(JsonValues.toJson(value));
        assertThat(again.isDefined()).isTrue();
      }
    } catch (BuiltinException | ValueLimitException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }

  @Property(tries = 500)
  void base64RoundTrip(@ForAll("text") String text) {
    for (String alphabet : List.of("base64", "base64url")) {
      Value encoded = call(alphabet + ".encode", new StringValue(text));

      assertThat(call(alphabet + ".decode", encoded)).isEqualTo(new StringValue(text));
    }
  }

  @Property(tries = 500)
  void splitUndoesConcat(@ForAll("text") String text) {
    Value parts = call("split", new StringValue(text), new StringValue(","));

    assertThat(call("concat", new StringValue(","), parts)).isEqualTo(new StringValue(text));
  }

  @Property(tries = 500)
  void unmarshalUndoesMarshal(@ForAll("text") String text, @ForAll long number) {
    Value value = ArrayValue.of(new StringValue(text), NumberValue.of(number));

    assertThat(call("json.unmarshal", call("json.marshal", value))).isEqualTo(value);
  }

  private static Value call(String name, Value... args) {
    return Builtins.find(name).orElseThrow().body().call(new Purse(), List.of(args));
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of(Builtins.names());
  }

  @Provide
  Arbitrary<String> text() {
    return Arbitraries.strings()
        .ofMaxLength(20)
        .filter(text -> text.codePoints().noneMatch(p -> p >= 0xD800 && p <= 0xDFFF));
  }

  @Provide
  Arbitrary<List<Value>> arguments() {
    Arbitrary<Value> strings =
        Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(10),
                Arbitraries.strings().withChars("(a|b)*[]^$\\?+{1,2}&:./%-vdsxq").ofMaxLength(10),
                Arbitraries.of(
                    "a/b",
                    "1.5h",
                    "2020-01-01T00:00:00Z",
                    "10Ki",
                    "3m",
                    "{\"a\": 1}",
                    "YQ==",
                    "UTC"))
            .map(StringValue::new);
    Arbitrary<Value> numbers =
        Arbitraries.oneOf(
            Arbitraries.integers().between(-20, 20).map(NumberValue::of),
            Arbitraries.bigIntegers().map(NumberValue::of),
            Arbitraries.bigDecimals().map(NumberValue::new));
    Arbitrary<Value> scalars =
        Arbitraries.oneOf(
            strings,
            numbers,
            Arbitraries.of(NullValue.NULL, BooleanValue.TRUE, BooleanValue.FALSE));
    Arbitrary<Value> collections =
        Arbitraries.oneOf(
            scalars.list().ofMaxSize(4).map(ArrayValue::of),
            strings.list().ofMaxSize(4).map(ArrayValue::of),
            numbers.list().ofMaxSize(4).map(SetValue::of),
            Combinators.combine(strings, scalars)
                .as((key, value) -> ObjectValue.of(Map.of(key, value))));
    return Arbitraries.oneOf(scalars, collections).list().ofSize(4);
  }
}
