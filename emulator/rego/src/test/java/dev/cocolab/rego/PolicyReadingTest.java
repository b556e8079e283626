package dev.cocolab.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.rego.PolicyReading.Call;
import dev.cocolab.rego.PolicyReading.Clause;
import dev.cocolab.rego.PolicyReading.Path;
import dev.cocolab.rego.PolicyReading.Text;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a policy reads is found without evaluating it, under every name it is given. */
class PolicyReadingTest {
  private static List<Clause> read(String body) {
    return PolicyReading.of("p.rego", "package policy\nimport rego.v1\n" + body, RegoDialect.V1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "allow if input.a.b == 1                              ~ input.a.b",
        "allow if input[\"x-y\"].z                            ~ input.x-y.z",
        "allow if { x := input.a; x.b == 1 }                  ~ input.a.b",
        "allow if { x = input.a; x.b == 1 }                   ~ input.a.b",
        "allow if { some x in input.list; x.b == 1 }          ~ input.list.*.b",
        "allow if { some k, x in input.list; x.b == k }       ~ input.list.*.b",
        "allow if { every x in input.list { x.b == 1 } }      ~ input.list.*.b",
        "allow if { some i; input.list[i].b == 1 }            ~ input.list.*.b",
        "allow if input.list[_].b == 1                        ~ input.list.*.b",
        "allow if not input.a.b                               ~ input.a.b",
        "allow if count([x | x := input.a[_].b]) > 0          ~ input.a.*.b",
        "allow if path[1] == \"k\"\\npath := data[\"resource-path\"] ~ data.resource-path.*",
        "allow := input.a.b                                   ~ input.a.b",
        "allow if false else := input.a.b if true             ~ input.a.b",
      })
  void pathsAreFoundUnderEveryName(String rules, String path) {
    assertThat(read(rules.replace("\\n", "\n")))
        .flatExtracting(Clause::paths)
        .extracting(found -> String.join(".", found.members()))
        .contains(path);
  }

  @Test
  void eachDefinitionIsAClauseWithItsLine() {
    List<Clause> clauses =
        read("allow if {\n  input.a\n} else := false if {\n  input.b\n}\nallow if input.c\n");

    assertThat(clauses).extracting(Clause::rule).containsExactly("allow", "allow", "allow");
    assertThat(clauses).extracting(Clause::line).containsExactly(3, 5, 8);
    assertThat(clauses.get(1).paths()).containsExactly(new Path(List.of("input", "b"), 6));
  }

  @Test
  void callsAreFoundWhenTheirArgumentsAreConstant() {
    assertThat(read("allow if input.a in f(\"x\")\nb if input.a in f(input.b)\nf(x) := [x]"))
        .flatExtracting(Clause::calls)
        .containsExactly(new Call("f", List.of("x"), 3));
  }

  @Test
  void membersOfAPathAreNoTexts() {
    assertThat(read("allow if input[\"a\"].b == \"text\""))
        .flatExtracting(Clause::texts)
        .containsExactly(new Text("text", 3));
  }

  @Test
  void aNameOfOneClauseMeansNothingInTheNext() {
    assertThat(read("a if { x := input.a; x.b }\nc if { x := 1; x.d }\n").get(1).paths()).isEmpty();
  }

  @Test
  void whatIsNoRegoIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> read("allow if {"))
        .isInstanceOf(RegoException.class)
        .hasMessageStartingWith("p.rego:3:");
  }
}
