package dev.cocolab.rego;

import static dev.cocolab.rego.Policies.NOTHING;
import static dev.cocolab.rego.Policies.json;
import static dev.cocolab.rego.Policies.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The rules that decide who gets secrets. */
class SemanticsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 in null                       | false",
        "1 in 5                          | false",
        "1 in input.none                 | false",
        "input.none in [1]               | false",
        "\"v\" in {\"k\": \"v\"}         | true",
        "\"k\" in {\"k\": \"v\"}         | false",
        "(\"k\", \"v\" in {\"k\": \"v\"}) | true",
        "(\"x\", \"v\" in {\"k\": \"v\"}) | false",
        "(1, \"b\" in [\"a\", \"b\"])    | true",
        "input.none == 1                 | undefined",
        "input.none >= 1                 | undefined",
        "4 >= null                       | true",
        "4 >= true                       | true",
        "\"\" > 999                      | true",
        "[] > \"z\"                      | true",
        "set() > [1]                     | true",
        "{} > {1}                        | true",
        "1 == \"1\"                      | false",
        "count(\"a\uD83D\uDE00\")          | 3",
        "count({1, 2, 2})                | 2",
        "{3, 1, 2}                       | [1,2,3]",
        "{1, 2, 3} - {2}                 | [1,3]",
        "union({{1}, {2}})               | [1,2]",
        "{1, 2} & {2, 3}                 | [2]",
        "1 + 2 * 3 - 4 / 2               | 5",
        "10 % 4                          | 2",
        "-3 + 1                          | -2",
        "object.union_n([{\"a\": 1}, {\"b\": 2}]) | {\"a\":1,\"b\":2}",
        "sprintf(\"%v %s %d\", [1, \"a\", 7]) | \"1 a 7\"",
        "substring(\"hello\", 1, 3)      | \"ell\"",
        "base64url.encode(\"??\")        | \"Pz8=\"",
        "bits.negate(5)                  | -6",
        "regex.match(\"^a[[:digit:]]+$\", \"a12\") | true",
        "regex.find_all_string_submatch_n(\"a(b*)\", \"abb\", -1)[0][1] | \"bb\"",
        "to_number(\"12.5\")             | 12.5",
        "trim_prefix(\"abc\", \"ab\")    | \"c\"",
        "time.parse_rfc3339_ns(\"1970-01-01T00:00:01Z\") | 1000000000",
      })
  void expressions(String expression, String expected) {
    assertThat(value("r := x if { x := (" + expression.strip() + ") }")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "every x in [] { x > 1 }                         | true",
        "every x in [2, 3] { x > 1 }                     | true",
        "every x in [0, 3] { x > 1 }                     | undefined",
        "every x in 5 { true }                           | undefined",
        "every x in null { true }                        | undefined",
        "every k, v in {\"a\": 1} { k == \"a\"; v == 1 } | true",
        "every x in input.none { true }                  | undefined",
        "not input.none                                  | true",
        "not false                                       | true",
        "not null                                        | undefined",
        "null                                            | true",
        "0                                               | true",
        "\"\"                                            | true",
        "false                                           | undefined",
        "input.none                                      | undefined",
        "x = y; y = 1; x == 1                            | true",
        "[a, 2] = [1, b]; a + b == 3                     | true",
        "{\"k\": v} = {\"k\": 4}; v == 4                 | true",
        "some i; [\"a\", \"b\"][i] == \"b\"; i == 1      | true",
        "some x in {1, 2}; x > 1                         | true",
        "some k, _ in {\"a\": 1}; k == \"a\"             | true",
        "x > 1; x := 2                                   | error",
        "x == 1                                          | error",
        "not x == 1                                      | error",
      })
  void bodies(String body, String expected) {
    if (expected.equals("error")) {
      assertThatExceptionOfType(RegoException.class)
          .isThrownBy(() -> value("r if { " + body + " }"))
          .matches(e -> e.reason() == RegoException.Reason.COMPILE);
    } else {
      assertThat(value("r if { " + body + " }")).isEqualTo(expected);
    }
  }

  @Test
  void barJoinsSetsAlsoInsideLists() {
    assertThat(value("r := {1} | {2}")).isEqualTo("[1,2]");
    assertThat(value("a := {1}\nb := {2}\nr := [a | b, 3]")).isEqualTo("[[1,2],3]");
  }

  @Test
  void twoValuesForACompleteRuleAreAnError() {
    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> value("r := 1\nr := 2"))
        .withMessage("test.rego:3:1: complete rules must not produce multiple outputs")
        .matches(e -> e.reason() == RegoException.Reason.EVALUATION);
    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> value("r := x if { some x in [1, 2] }"))
        .matches(e -> e.reason() == RegoException.Reason.EVALUATION);
  }

  @Test
  void sameValueFromSeveralDefinitionsIsNoConflict() {
    assertThat(value("r := 1 if true\nr := 1.0\ndefault r := 7")).isEqualTo("1");
  }

  @Test
  void defaultAppliesWhereNothingElseHolds() {
    assertThat(value("default r := 7\nr := 1 if false")).isEqualTo("7");
  }

  @Test
  void builtinErrorsAbortOnlyWhenStrict() {
    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> value("r := count(null)"))
        .withMessageStartingWith("test.rego:2:6: count: operand 1 must be array")
        .matches(e -> e.reason() == RegoException.Reason.EVALUATION);
    assertThat(
            RegoEngine.builder()
                .strictBuiltinErrors(false)
                .module("t", "package t\nr := count(null)")
                .build()
                .evaluate("data.t.r", NOTHING, NOTHING)
                .value())
        .isEmpty();
  }

  @Test
  void extensionIsNotCalledForUndefinedArgumentsAndMayReturnAnything() {
    List<String> calls = new ArrayList<>();
    RegoEngine engine =
        RegoEngine.builder()
            .module("t", "package t\na := f(input.none)\nb := f(input.x)")
            .extension(
                "f",
                1,
                args -> {
                  calls.add(args.get(0).toString());
                  return json("{'v': [1]}");
                })
            .build();

    assertThat(engine.evaluate("data.t.a", json("{'x': 1}"), NOTHING).value()).isEmpty();
    assertThat(calls).isEmpty();
    assertThat(engine.evaluate("data.t.b", json("{'x': 1}"), NOTHING).value())
        .contains(json("{'v': [1]}"));
  }

  @Test
  void ownFunctionHidesExtensionAndExtensionHidesBuiltin() {
    RegoEngine engine =
        RegoEngine.builder()
            .module("t", "package t\nf(x) := x + 1\na := f(1)\nb := count([])")
            .extension("f", 1, args -> json("'ext'"))
            .extension("count", 1, args -> json("'ext'"))
            .build();

    assertThat(engine.evaluate("data.t.a", NOTHING, NOTHING).value()).contains(json("2"));
    assertThat(engine.evaluate("data.t.b", NOTHING, NOTHING).value()).contains(json("'ext'"));
  }

  @Test
  void anEvaluationBringsItsOwnExtensions() {
    RegoEngine engine =
        RegoEngine.builder()
            .module(
                "t",
                "package t\na := f(1)\nb := g(1)\ng(x) := x + 1\nc := x if { x := a with f as g }")
            .extension("f", 1, args -> json("'built'"))
            .build();

    assertThat(engine.evaluate("data.t.a", NOTHING, NOTHING).value()).contains(json("'built'"));
    for (String own : List.of("'one'", "'two'")) {
      Map<String, RegoExtension> bound =
          Map.of("f", args -> json(own), "g", args -> json("'never'"));
      assertThat(engine.evaluate("data.t.a", NOTHING, NOTHING, bound).value()).contains(json(own));
      assertThat(engine.evaluate("data.t.b", NOTHING, NOTHING, bound).value()).contains(json("2"));
      assertThat(engine.evaluate("data.t.c", NOTHING, NOTHING, bound).value()).contains(json("2"));
    }
    assertThat(engine.evaluate("data.t.a", NOTHING, NOTHING).value()).contains(json("'built'"));
  }

  @Test
  void walkVisitsEverything() {
    assertThat(
            value(
                "r := {v | walk(input, [p, v]); is_number(v); p[0] == \"a\"}",
                json("{'a': [1, {'b': 2}], 'c': 3}")))
        .isEqualTo("[1,2]");
  }

  @Test
  void withReplacesDocumentsAndFunctions() {
    String policy =
        """
        p := input.x
        f(_) := 1
        g(_) := 2
        q := f(0)
        r := [a, b, c] if {
          a := p with input.x as 5
          b := q with f as g
          c := p
        }
        """;

    assertThat(value(policy, json("{'x': 1}"))).isEqualTo("[5,2,1]");
  }

  @Test
  void rulesAskedForTogetherAnswerAsIfAskedForAlone() {
    RegoEngine engine =
        RegoEngine.builder()
            .budget(100)
            .module(
                "t.rego",
                """
                package t
                shared if { count([x | x := input.a[_]]) == 30 }
                a if { shared; print("a") }
                b if { shared; input.b == 1 }
                """)
            .build();
    JsonNode input = json("{'b': 2, 'a': [" + "1,".repeat(29) + "1]}");

    var together =
        engine.evaluate(List.of("data.t.b", "data.t.a", "data.t.none"), input, NOTHING, Map.of());

    assertThat(together.keySet()).containsExactly("data.t.b", "data.t.a", "data.t.none");
    together.forEach(
        (rule, result) -> {
          RegoResult alone = engine.evaluate(rule, input, NOTHING);
          assertThat(result.value()).as(rule).isEqualTo(alone.value());
          assertThat(result.ruleDefined()).as(rule).isEqualTo(alone.ruleDefined());
          assertThat(result.prints()).as(rule).isEqualTo(alone.prints());
          assertThat(result.trace()).as(rule).isEqualTo(alone.trace());
        });
    assertThat(together.get("data.t.a").prints()).hasSize(1);
    assertThat(together.get("data.t.b").trace()).isNotEmpty();
  }
}
