package dev.cocolab.rego;

import static dev.cocolab.rego.Policies.NOTHING;
import static dev.cocolab.rego.Policies.json;
import static dev.cocolab.rego.Policies.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What has gone wrong for people with other interpreters. */
class FieldCasesTest {

  @Test
  void branchWithAnUndefinedValueFallsThroughToElse() {
    assertThat(value("y if false\nr := y if { true } else := true if { true }")).isEqualTo("true");
    assertThat(value("r := input.x if { not input.x } else := 5")).isEqualTo("5");
  }

  @Test
  void elseWithoutValueIsTrueAndDoesNotInherit() {
    String policy = "r := 3 if { input.m == \"aa\" } else if { input.m == \"bb\" }";

    assertThat(value(policy, json("{'m': 'aa'}"))).isEqualTo("3");
    assertThat(value(policy, json("{'m': 'bb'}"))).isEqualTo("true");
    assertThat(value(policy, json("{'m': 'cc'}"))).isEqualTo("undefined");
  }

  @Test
  void falseAndUndefinedAreDifferent() {
    assertThat(value("r := (input.x == 1)", json("{'x': 2}"))).isEqualTo("false");
    assertThat(value("r if { input.x = 1 }", json("{'x': 2}"))).isEqualTo("undefined");
    assertThat(value("r := q if { q := (input.x == 1) }", json("{'x': 2}"))).isEqualTo("false");
    assertThat(value("r := (input.y == 1)", json("{'x': 2}"))).isEqualTo("undefined");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"executables\": 3, \"hardware\": input.none}",
        "[1, input.none]",
        "{1, input.none}",
      })
  void collectionWithAnUndefinedMemberIsUndefined(String literal) {
    assertThat(value("r := " + literal)).isEqualTo("undefined");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "28857836529306024611912 == 2.8857836529306023e22 | false",
        "18446744073709551617 + 1 == 18446744073709551618 | true",
        "format_int(18446744073709551617, 16)              | \"10000000000000001\"",
        "1 == 1.0                                          | true",
        "\"1\" == 1                                        | false",
        "{1, 1.0}                                          | [1]",
      })
  void numbersAreExact(String expression, String expected) {
    assertThat(value("r := x if { x := (" + expression + ") }")).isEqualTo(expected);
  }

  @Test
  void hugeIntegersOfTheInputEqualTheSameLiteral() {
    String policy = "r := input.serial == 28857836529306024611912";

    assertThat(value(policy, json("{'serial': 28857836529306024611912}"))).isEqualTo("true");
    assertThat(value(policy, json("{'serial': 28857836529306024611913}"))).isEqualTo("false");
    assertThat(value("r := input.serial", json("{'serial': 28857836529306024611912}")))
        .isEqualTo("28857836529306024611912");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''", "# only a comment", "default allow := true"})
  void moduleWithoutPackageDoesNotLoad(String text) {
    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> Policies.engine(text))
        .withMessageContaining("expected `package`")
        .matches(e -> e.reason() == RegoException.Reason.PARSE);
  }

  @Test
  void packageAloneLoadsAndDefinesNothing() {
    assertThat(
            Policies.engine("package agent_policy")
                .evaluate("data.agent_policy.ExecProcessRequest", NOTHING, NOTHING)
                .ruleDefined())
        .isFalse();
  }
}
