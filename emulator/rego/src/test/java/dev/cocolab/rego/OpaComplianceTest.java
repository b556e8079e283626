package dev.cocolab.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.JsonValues;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/**
 * The compliance cases of the reference implementation. Each file of the folder is read; a case
 * either gives the wanted result or uses a function that this engine refuses by name.
 */
class OpaComplianceTest {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  @TestFactory
  Stream<DynamicContainer> allFilesOfTheFolder() throws IOException {
    Path folder = SharedVectors.folder("rego/opa-compliance");
    List<Path> files;
    try (Stream<Path> listing = Files.list(folder)) {
      files = listing.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    assertThat(files).as("files in %s", folder).isNotEmpty();
    return files.stream()
        .map(file -> DynamicContainer.dynamicContainer(file.getFileName().toString(), cases(file)));
  }

  private static Stream<DynamicTest> cases(Path file) {
    try {
      JsonNode cases = JSON.readTree(Files.readString(file)).get("cases");
      return cases
          .valueStream()
          .map(each -> dynamicTest(each.get("note").asString(), () -> run(each)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(JsonNode testCase) {
    assumeFalse(
        ComplianceRefusals.isDifferent(testCase), "skipped: this engine differs, see the list");
    if (ComplianceRefusals.absentFunction(testCase).isPresent()) {
      assertThatExceptionOfType(RegoException.class)
          .isThrownBy(() -> engine(testCase))
          .matches(e -> e.reason() == RegoException.Reason.COMPILE)
          .withMessageContaining("could not find function ");
      return;
    }
    if (testCase.has("want_error_code") || testCase.has("want_error")) {
      assertThatExceptionOfType(RegoException.class)
          .isThrownBy(() -> evaluate(engine(testCase), testCase))
          .matches(
              e ->
                  e.reason() == RegoException.Reason.EVALUATION
                      || e.reason() == RegoException.Reason.COMPILE);
      return;
    }
    Value found = evaluate(engine(testCase), testCase);
    TreeSet<Value> wanted = new TreeSet<>();
    testCase.get("want_result").forEach(each -> wanted.add(JsonValues.fromJson(each)));
    Value expected = SetValue.of(wanted);
    if (testCase.path("sort_bindings").asBoolean(false)) {
      found = sorted(found);
      expected = sorted(expected);
    }
    assertThat(found).hasToString(expected.toString());
  }

  /** The value with all arrays in order, for cases whose order is not significant. */
  private static Value sorted(Value value) {
    if (value instanceof ArrayValue array) {
      return ArrayValue.of(array.items().stream().map(OpaComplianceTest::sorted).sorted().toList());
    } else if (value instanceof SetValue set) {
      return SetValue.of(set.elements().stream().map(OpaComplianceTest::sorted).toList());
    } else if (value instanceof ObjectValue object) {
      Map<Value, Value> members = object.toMap();
      members.replaceAll((key, member) -> sorted(member));
      return ObjectValue.of(members);
    }
    return value;
  }

  private static Value evaluate(RegoEngine engine, JsonNode testCase) {
    JsonNode input = testCase.has("input") ? testCase.get("input") : MissingNode.getInstance();
    JsonNode data =
        testCase.hasNonNull("data") ? testCase.get("data") : JsonNodeFactory.instance.objectNode();
    JsonNode result =
        engine.evaluate("data.cocolab_query.result", input, data).value().orElseThrow();
    TreeSet<Value> bindings = new TreeSet<>();
    result.forEach(each -> bindings.add(JsonValues.fromJson(each)));
    return SetValue.of(bindings);
  }

  /** A query for all of {@code data} would ask for its own rule; it becomes one for each member. */
  private static String query(JsonNode testCase) {
    String query = testCase.get("query").asString();
    if (!query.equals("data = x")) {
      return query;
    }
    TreeSet<String> roots = new TreeSet<>(testCase.get("data").propertyNames());
    for (JsonNode module : testCase.get("modules")) {
      roots.add(module.asString().split("[ .\\n]", 3)[1]);
    }
    return "x = {"
        + String.join(", ", roots.stream().map(root -> "\"" + root + "\": data." + root).toList())
        + "}";
  }

  /** The query becomes a rule that gathers the wanted variables of each solution. */
  private static RegoEngine engine(JsonNode testCase) {
    RegoEngine.Builder builder =
        RegoEngine.builder()
            .limits(SourceLimits.kataAgent())
            .strictBuiltinErrors(testCase.path("strict_error").asBoolean(false));
    int index = 0;
    for (JsonNode module : testCase.get("modules")) {
      builder.module("module" + index++ + ".rego", module.asString());
    }
    List<String> variables = new ArrayList<>();
    for (JsonNode result : testCase.path("want_result")) {
      result
          .propertyNames()
          .forEach(
              name -> {
                String member = "\"" + name + "\": " + name;
                if (!variables.contains(member)) {
                  variables.add(member);
                }
              });
    }
    String query = query(testCase);
    if (testCase.has("input_term")) {
      query += " with input as " + testCase.get("input_term").asString();
    }
    builder.module(
        "query.rego",
        "package cocolab_query\nresult contains {"
            + String.join(", ", variables)
            + "} if {\n"
            + query
            + "\n}\n");
    return builder.build();
  }
}
