package dev.cocolab.rego;

import static dev.cocolab.rego.Policies.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

class BudgetTest {

  private static void assertExhausted(String body, JsonNode input) {
    RegoEngine engine =
        RegoEngine.builder().budget(200_000).module("t.rego", "package t\n" + body).build();
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThatExceptionOfType(RegoException.class)
                .isThrownBy(() -> engine.evaluate("data.t.r", input, NOTHING))
                .matches(e -> e.reason() == RegoException.Reason.BUDGET));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "r := count(numbers.range(1, 1000000000))",
        "xs := numbers.range(1, 10000)\nr if { some a in xs; some b in xs; a + b == 0 }",
        "r := regex.match(\"(.*)(.*)(.*)(.*)(.*)(.*)z\", sprintf(\"%080d\", [1]))",
        "r := bits.lsh(1, 30000) * bits.lsh(1, 30000)",
        "r := regex.match(\"(a|b)*c\", concat(\"\", [\"ab\" | some _ in numbers.range(1, 20000)]))",
      })
  void runawayPoliciesAreStopped(String body) {
    assertExhausted(body, NOTHING);
  }

  @Test
  void numbersWithTooManyDigitsAreNoNumbers() {
    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> Policies.value("r := 1e10001"))
        .withMessage("test.rego:2:6: number has too many digits")
        .matches(e -> e.reason() == RegoException.Reason.PARSE);
  }

  @Test
  void doublingStringsAreStoppedBeforeMemoryIs() {
    StringBuilder body = new StringBuilder("s0 := \"0123456789abcdef\"\n");
    for (int i = 1; i <= 40; i++) {
      body.append("s%d := concat(\"\", [s%d, s%d])\n".formatted(i, i - 1, i - 1));
    }

    assertExhausted(body + "r := s40", NOTHING);
  }

  /** Each rule is two references to the one before: small in memory, endless in text. */
  private static String doublingArrays(String name) {
    StringBuilder body = new StringBuilder(name + "0 := [\"x\", \"x\"]\n");
    for (int i = 1; i <= 40; i++) {
      body.append("%s%d := [%s%d, %s%d]\n".formatted(name, i, name, i - 1, name, i - 1));
    }
    return body.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "r := a40",
        "r := json.marshal(a40)",
        "r := sprintf(\"%v\", [a40])",
        "r if a40 == b40",
        "r if count(a40) == 2",
      })
  void valuesThatShareTheirMembersAreStoppedBeforeTheyAreWrittenOut(String rule) {
    assertExhausted(doublingArrays("a") + doublingArrays("b") + rule, NOTHING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s := sprintf(\"%09999d\", [1])\nr if { some i in xs; contains(s, sprintf(\"z%d\", [i])) }",
        "r if { some i in xs; xs == array.concat(ys, [i]) }",
        "r if { some i in xs; -i in xs }",
        "big := product([7 | some _ in numbers.range(1, 9000)])\nr if { some _ in xs; big % 13 == 99 }",
        "r := sprintf(concat(\"\", [\"%9999d\" | some _ in ys]), xs)",
      })
  void cheapLookingWorkOnLargeValuesIsChargedByItsSize(String rules) {
    assertExhausted(
        "xs := numbers.range(1, 50000)\nys := numbers.range(1, 49999)\n" + rules, NOTHING);
  }

  @Test
  void traceDoesNotWriteALargeOperandOutForEveryEvent() {
    RegoResult result =
        Policies.engine(
                "package t\nxs := numbers.range(1, 9000)\nr if { some i in xs; count(xs) == i }")
            .evaluate("data.t.r", NOTHING, NOTHING);

    long written =
        result.trace().stream()
            .flatMap(event -> event.operands().stream())
            .mapToLong(operand -> operand.value().map(JsonNode::size).orElse(0))
            .sum();
    assertThat(written).isPositive().isLessThan(3_000_000);
  }

  @Test
  void longChainsOfRulesEndInAnErrorNotInAStackOverflow() {
    StringBuilder body = new StringBuilder("r0 := [1]\n");
    for (int i = 1; i <= 5000; i++) {
      body.append("r%d := [r%d]\n".formatted(i, i - 1));
    }

    assertExhausted(body + "r := r5000", NOTHING);
  }

  @Test
  void deeplyNestedInputIsRefused() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ArrayNode deep = json.arrayNode();
    for (int i = 0; i < 100_000; i++) {
      ArrayNode outer = json.arrayNode();
      outer.add(deep);
      deep = outer;
    }

    assertExhausted("r := input", deep);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(", "[", "{", "{\"a\":", "f(", "x[", "-", "$\"{", "not ", "[x|", "every x in "})
  void deeplyNestedSourceIsRefused(String open) {
    String source = "package t\nr if { " + open.repeat(50_000);

    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(
            () ->
                RegoEngine.builder()
                    .limits(SourceLimits.kataAgent())
                    .module("t.rego", source.substring(0, Math.min(source.length(), 60_000)))
                    .build())
        .matches(e -> e.reason() == RegoException.Reason.PARSE);
  }

  @Test
  void longChainsOfOperatorsAreRefused() {
    String source = "package t\nr := 0" + "\n + 1".repeat(10_000);

    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> Policies.engine(source))
        .withMessageContaining("nests more than 256 levels");
  }

  @Test
  void expressionsAtTheLimitOfNestingEvaluateOnASmallStack() throws InterruptedException {
    String body = "r := x if {\n x := " + "[".repeat(200) + "input.a" + "]".repeat(200) + "\n}";
    RegoEngine engine = Policies.engine("package t\n" + body);
    boolean[] done = {false};
    Thread thread =
        new Thread(
            null,
            () ->
                done[0] =
                    engine
                        .evaluate("data.t.r", Policies.json("{'a': 1}"), NOTHING)
                        .value()
                        .isPresent(),
            "small stack",
            512 << 10);

    thread.start();
    thread.join();

    assertThat(done[0]).isTrue();
  }

  @Test
  void traceIsCutOffNotTheEvaluation() {
    RegoResult result =
        Policies.engine("package t\nr := count([x | some x in numbers.range(1, 30000); x > 0])")
            .evaluate("data.t.r", NOTHING, NOTHING);

    assertThat(result.value()).contains(Policies.json("30000"));
    assertThat(result.trace()).hasSize(RegoResult.MAX_TRACE_EVENTS);
  }
}
