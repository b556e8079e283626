package dev.cocolab.broker.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.broker.storage.StorageProvider;
import dev.cocolab.protocol.Profile.RegoSyntax;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The cases of Trustee's policy engine, with policies of the same logic written anew. */
@DisplayName("upstream: policy-engine test_kbs_policy_evaluate")
class UpstreamPolicyTest {
  private static final String ALLOW = "data.policy.allow";

  private static final String OWNER =
      """
      package policy

      default allow = false

      allow if {
        count(data["resource-path"]) == 3
        data.plugin == "resource"
        input.submods.cpu0["ear.veraison.annotated-evidence"].sample.productId = data["resource-path"][1]
      }
      """;
  private static final String DENY = "package policy\n\ndefault allow = false\n";
  private static final String BLANKS =
      "\n\n\n# a remark\n"
          + OWNER.replace("\n", "\n\n\n")
          + "\nunused if {\n  input.nothing.here == 1\n}\n\n\n";
  private static final String MINIMUM =
      """
      package policy

      default allow = false

      minimum := {"secret1": 2, "secret2": 3}

      allow if {
        data.plugin == "resource"
        data["resource-path"][0] == "myrepo"
        data["resource-path"][1] == "secret"
        input.submods.cpu0["ear.veraison.annotated-evidence"].sample.svn >= minimum[data["resource-path"][2]]
      }
      """;

  private static String policy(String name) {
    return switch (name) {
      case "policy_1" -> OWNER;
      case "policy_3" -> DENY;
      case "policy_4" -> BLANKS;
      default -> MINIMUM;
    };
  }

  @ParameterizedTest(name = "{0}, plugin {1}, path {2}, product {3}, svn {4}: {5}")
  @CsvSource({
    "policy_1, resource, my_repo/Alice/test, Alice, 1, true",
    "policy_1, another-plugin, my_repo/Alice/test, Alice, 1, false",
    "policy_1, resource, my_repo/Alice/test, Bob, 1, false",
    "policy_4, resource, my_repo/Alice/test, Alice, 1, true",
    "policy_3, resource, my_repo/Alice/test, Alice, 1, false",
    "policy_5, resource, myrepo/secret/secret, Alice, 2, false",
    "policy_5, resource, myrepo/secret/secret1, Alice, 1, false",
    "policy_5, resource, myrepo/secret/secret2, Alice, 2, false",
    "policy_5, resource, myrepo/secret/secret3, Alice, 3, false",
    "policy_5, resource, a/b/secret2, Alice, 3, false",
    "policy_5, abc, '', Alice, 3, false",
    "policy_5, resource, myrepo/secret/secret2, Alice, 3, true",
    "policy_5, resource, myrepo/secret/secret1, Alice, 2, true"
  })
  void decides(String policy, String plugin, String path, String product, int svn, boolean allow) {
    PolicyEngine engine =
        new PolicyEngine(
            new StorageProvider(StorageProvider.Type.MEMORY, Path.of("a"), Path.of("b")).open("p"),
            RegoSyntax.V1,
            false);
    engine.set("resource-policy", policy(policy));
    ObjectNode input =
        (ObjectNode)
            JsonMapper.shared()
                .readTree(
                    """
                    {"submods": {"cpu0": {"ear.veraison.annotated-evidence":
                      {"sample": {"productId": "%s", "svn": %d}}}}}
                    """
                        .formatted(product, svn));
    ObjectNode data = JsonNodeFactory.instance.objectNode().put("plugin", plugin);
    var elements = data.putArray("resource-path");
    if (!path.isEmpty()) {
      List.of(path.split("/")).forEach(elements::add);
    }

    Evaluation evaluation =
        engine.evaluate("resource-policy", List.of(ALLOW), input, data, Optional.empty());

    assertThat(evaluation.failure()).isEmpty();
    assertThat(evaluation.result(ALLOW).value().orElseThrow().booleanValue()).isEqualTo(allow);
  }
}
