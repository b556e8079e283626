package dev.cocolab.evidence.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Whatever evidence holds, it is refused: no other exception leaves the verifier. */
class HostileSnpEvidenceTest {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final List<JsonNode> STRANGE =
      List.of(
          JSON.nullNode(),
          JSON.booleanNode(true),
          JSON.numberNode(-1),
          JSON.numberNode(1.5),
          JSON.numberNode(1e300),
          JSON.numberNode(256),
          JSON.numberNode(BigInteger.ONE.shiftLeft(70)),
          JSON.stringNode(""),
          JSON.stringNode("3"),
          JSON.arrayNode(),
          JSON.arrayNode().add(-1),
          JSON.arrayNode().add(256),
          JSON.arrayNode().add("1"),
          JSON.objectNode(),
          longer());

  private static ArrayNode longer() {
    ArrayNode array = JSON.arrayNode();
    for (int i = 0; i < 70_000; i++) {
      array.add(i & 0xff);
    }
    return array;
  }

  @Test
  void everyMemberMayBeAnything() {
    Vectors vectors = Vectors.required();
    ObjectNode evidence = (ObjectNode) vectors.json("snp/evidence-e2e-genoa.json");
    SnpVerifier verifier =
        new SnpVerifier(vectors.amdRoots(), Vectors.CLOCK, Stance.strict().withoutDebug());
    eachMember(
        evidence,
        "",
        path -> {
          Throwable thrown =
              catchThrowable(
                  () ->
                      verifier.verify(
                          evidence,
                          new ExpectedBinding(Optional.of(new byte[64]), Optional.empty())));
          assertThat(thrown).as(path).isInstanceOf(EvidenceException.class);
        });
  }

  @Test
  void evidenceMayBeNoObject() {
    for (JsonNode strange : STRANGE) {
      assertThat(
              catchThrowable(
                  () ->
                      new SnpVerifier(Vectors.required().amdRoots(), Vectors.CLOCK)
                          .verify(strange, ExpectedBinding.ofReportData(new byte[48]))))
          .as(strange.getNodeType().name())
          .isInstanceOf(EvidenceException.class)
          .hasMessage("Deserialize SNP Evidence failed");
    }
  }

  /** Puts each strange value in the place of each member, tries, and puts the old one back. */
  private static void eachMember(ObjectNode object, String path, Consumer<String> attempt) {
    for (String name : List.copyOf(object.propertyNames())) {
      JsonNode genuine = object.get(name);
      for (JsonNode strange : STRANGE) {
        object.set(name, strange);
        attempt.accept(path + "/" + name + " = " + strange.getNodeType());
      }
      object.remove(name);
      attempt.accept(path + "/" + name + " absent");
      object.set(name, genuine);
      if (genuine instanceof ObjectNode inner) {
        eachMember(inner, path + "/" + name, attempt);
      } else if (genuine instanceof ArrayNode && genuine.path(0) instanceof ObjectNode element) {
        eachMember(element, path + "/" + name + "/0", attempt);
      }
    }
  }
}
