package dev.cocolab.rego;

import static dev.cocolab.rego.Policies.NOTHING;
import static dev.cocolab.rego.Policies.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What generated agent policies and templates use beyond the plain rules. */
class LanguageFeaturesTest {

  private static final String POLICY =
      """
      package t

      import future.keywords.every
      import future.keywords.if
      import future.keywords.in

      zero() := 7

      zero_value := zero()

      names(containers) := [name | name := containers[_].name]

      listed := names(input.containers)

      pick(x) = y if {
        y := x.name
      }

      picked := pick(input.containers[1])

      heads := [{"n": c.name, "i": i} | c := input.containers[i]]

      indices := {i | some i; input.containers[i].uid > 0}

      pairs := {[a, b] | some a in {1, 2}; some b in {a + 1}}

      no_forbidden if {
        every c in input.containers {
          every mount in c.mounts {
            not mount in {"/etc", "/root"}
          }
        }
      }

      level := "high" if {
        input.containers[0].uid > 5000
      }

      # comments and blank lines may stand before else

      else := "middle" if {
        input.containers[0].uid > 50
      } else := {}

      equal_sets if {
        {e | some e in ["b", "a"]} == {"a", "b"}
      }

      version := to_number(regex.find_all_string_submatch_n("v([0-9]+)", input.version, -1)[0][1])

      unified := x if {
        [x, "b"] = ["a", "b"]
      }

      capabilities := bits.and(bits.or(input.caps, 4), bits.negate(1))

      lookup := limits[input.path[2]]

      limits := {
        "secret1": 2,
        "secret2": 3,
      }

      trailing := concat(
        "-",
        ["a", "b"],
      )

      template := $"{input.version} of {count(input.containers)}"

      CONSTANT := {"nested": {"list": [1, {2, 3}, set()]}}
      """;

  private static final JsonNode INPUT =
      json(
          "{'version': 'v12', 'caps': 3, 'path': ['a', 'b', 'secret2'], 'containers': ["
              + "{'name': 'one', 'uid': 100, 'mounts': ['/data']},"
              + "{'name': 'two', 'uid': 0, 'mounts': []}]}");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zero_value   | 7",
        "listed       | ['one','two']",
        "picked       | 'two'",
        "heads        | [{'i':0,'n':'one'},{'i':1,'n':'two'}]",
        "indices      | [0]",
        "pairs        | [[1,2],[2,3]]",
        "no_forbidden | true",
        "level        | 'middle'",
        "equal_sets   | true",
        "version      | 12",
        "unified      | 'a'",
        "capabilities | 6",
        "lookup       | 3",
        "trailing     | 'a-b'",
        "template     | 'v12 of 2'",
        "CONSTANT     | {'nested':{'list':[1,[2,3],[]]}}",
      },
      quoteCharacter = '~')
  void bothDialectsReadThem(String rule, String expected) {
    for (RegoDialect dialect : RegoDialect.values()) {
      Optional<JsonNode> value =
          RegoEngine.builder()
              .dialect(dialect)
              .module("rules.rego", POLICY)
              .build()
              .evaluate("data.t." + rule, INPUT, NOTHING)
              .value();

      assertThat(value).as("%s in %s", rule, dialect).contains(json(expected));
    }
  }
}
