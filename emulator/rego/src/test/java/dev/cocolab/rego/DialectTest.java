package dev.cocolab.rego;

import static dev.cocolab.rego.Policies.NOTHING;
import static dev.cocolab.rego.Policies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DialectTest {

  private static JsonNode v0(String source) {
    return RegoEngine.builder()
        .dialect(RegoDialect.V0)
        .module("v0.rego", source)
        .build()
        .evaluate("data.t.r", json("{'x': 2}"), NOTHING)
        .value()
        .orElseThrow();
  }

  @Test
  void olderSyntaxNeedsNoKeywords() {
    assertThat(v0("package t\nr { input.x == 2 }")).isEqualTo(json("true"));
    assertThat(v0("package t\ndefault r = false\nr = true { f(input.x) }\nf(a) { a > 1 }"))
        .isEqualTo(json("true"));
    assertThat(v0("package t\nr[x] { x := [3, 1][_] }")).isEqualTo(json("[1, 3]"));
    assertThat(v0("package t\nr[k] = v { v := [3, 1][k] }")).isEqualTo(json("{'0': 3, '1': 1}"));
    assertThat(v0("package t\nr = 1 { false } else = 2 { true }")).isEqualTo(json("2"));
    assertThat(v0("package t\nr { false } { true }")).isEqualTo(json("true"));
  }

  @Test
  void olderSyntaxReadsFutureKeywordsAsNamesUntilTheyAreImported() {
    assertThat(v0("package t\nr = in { in := 3 }")).isEqualTo(json("3"));
    assertThat(v0("package t\nimport future.keywords\nr if { some x in [1]; x in {1} }"))
        .isEqualTo(json("true"));
    assertThat(v0("package t\nimport rego.v1\nr contains 1 if true")).isEqualTo(json("[1]"));
    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> v0("package t\nimport rego.v1\nr { true }"))
        .withMessage("v0.rego:3:3: `if` keyword is required before rule body");
    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> v0("package t\nr { some x in [1]; x }"))
        .matches(e -> e.reason() == RegoException.Reason.PARSE);
  }

  @Test
  void newerSyntaxTakesFutureImportsAsNoOps() {
    String source =
        """
        package t
        import future.keywords.in
        import future.keywords.if
        import future.keywords.every
        r if { every x in [1] { x in {1} } }
        """;

    assertThat(Policies.engine(source).evaluate("data.t.r", NOTHING, NOTHING).value())
        .contains(json("true"));
  }

  @Test
  void modulesOfBothDialectsWorkTogether() {
    RegoEngine engine =
        RegoEngine.builder()
            .dialect(RegoDialect.V0)
            .module("a.rego", "package a\nok { input.x == 2 }")
            .dialect(RegoDialect.V1)
            .module("b.rego", "package t\nimport data.a\nr if a.ok")
            .build();

    assertThat(engine.evaluate("data.t.r", json("{'x': 2}"), NOTHING).value())
        .contains(json("true"));
  }
}
