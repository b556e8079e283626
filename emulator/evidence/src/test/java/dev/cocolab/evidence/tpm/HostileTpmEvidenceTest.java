package dev.cocolab.evidence.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Stance;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Whatever evidence holds, it is judged or refused: no other exception leaves the verifier. */
class HostileTpmEvidenceTest {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final TestTpm TPM = TestTpm.withKey("RSA", 1024);
  private static final ExpectedBinding UNBOUND =
      new ExpectedBinding(Optional.empty(), Optional.empty());

  private static final List<JsonNode> STRANGE =
      List.of(
          JSON.nullNode(),
          JSON.missingNode(),
          JSON.booleanNode(true),
          JSON.numberNode(1.5),
          JSON.numberNode(BigInteger.ONE.shiftLeft(70)),
          JSON.stringNode(""),
          JSON.stringNode("AA=="),
          JSON.stringNode("\ud800\u0000ü"),
          JSON.stringNode("A".repeat(300_000)),
          JSON.arrayNode(),
          JSON.arrayNode().add(1),
          JSON.arrayNode().add("00".repeat(32)),
          JSON.arrayNode().add(JSON.arrayNode()),
          JSON.objectNode());

  @Test
  void everyMemberMayBeAnything() {
    ObjectNode evidence = TPM.evidence();
    eachMember(evidence, evidence);
    eachMember(evidence, (ObjectNode) evidence.path("tpm_quote"));
    for (JsonNode strange : STRANGE) {
      refused(strange);
    }
  }

  private static void eachMember(ObjectNode evidence, ObjectNode object) {
    for (String name : List.copyOf(object.propertyNames())) {
      JsonNode genuine = object.get(name);
      for (JsonNode strange : STRANGE) {
        object.set(name, strange);
        refused(evidence);
      }
      object.set(name, genuine);
    }
  }

  @Property
  void randomJsonIsRefused(@ForAll("json") JsonNode json) {
    refused(json);
  }

  @Property
  void signedMessagesMayBeAnything(@ForAll @Size(max = 200) byte[] message) {
    TpmQuote quote = TPM.sign(message, TestTpm.BANK.values());

    refused(TPM.evidence(quote));
  }

  @Test
  void signedTruncationsAndChangesAreJudged() {
    byte[] message = TestTpm.attest(TestTpm.BANK, TestTpm.NONCE).encode();
    Random random = new Random(20260821);
    for (int i = 0; i < message.length; i++) {
      byte[] part = Arrays.copyOf(message, i);
      refused(TPM.evidence(TPM.sign(part, TestTpm.BANK.values())));
      byte[] changed = message.clone();
      changed[i] = (byte) random.nextInt();
      judged(TPM.evidence(TPM.sign(changed, TestTpm.BANK.values())));
    }
  }

  @Test
  void changedKeysAreJudged() {
    Random random = new Random(20260822);
    ObjectNode evidence = TPM.evidence();
    byte[] genuine = TPM.akPublic();
    for (int round = 0; round < 3000; round++) {
      byte[] changed = genuine.clone();
      byte[] patch = new byte[1 + random.nextInt(6)];
      random.nextBytes(patch);
      int at = random.nextInt(Math.min(40, changed.length - patch.length));
      System.arraycopy(patch, 0, changed, at, patch.length);
      evidence.put("ak_public", Base64.getEncoder().encodeToString(changed));
      judged(evidence);
    }
  }

  @Test
  void deeplyNestedKeysAreRefused() {
    ObjectNode evidence = TPM.evidence();
    for (int size : new int[] {1024, 90_000}) {
      byte[] nested = new byte[size];
      for (int i = 0; i + 1 < size; i += 2) {
        nested[i] = 0x30;
        nested[i + 1] = (byte) 0x80; // a sequence of indefinite length
      }
      evidence.put("ak_public", Base64.getEncoder().encodeToString(nested));
      refused(evidence);
    }
  }

  @Property
  void randomBytesAreNoKeyAndNoSignature(@ForAll @Size(max = 600) byte[] bytes) {
    assertThat(catchThrowable(() -> AttestationKey.parse(bytes)))
        .isInstanceOf(EvidenceException.class);
    Throwable thrown = catchThrowable(() -> TpmtSignature.parse(bytes));
    assertThat(thrown == null || thrown instanceof EvidenceException).isTrue();
  }

  @Provide
  Arbitrary<JsonNode> json() {
    Arbitrary<String> names =
        Arbitraries.of("ak_public", "tpm_quote", "signature", "message", "pcrs");
    String signature =
        Base64.getEncoder().encodeToString(TpmtSignature.rsassaSha256(new byte[128]).encode());
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(70).map(JSON::stringNode),
            Arbitraries.of("", "AAAA", "AA==", "00".repeat(32), signature).map(JSON::stringNode),
            Arbitraries.of(STRANGE));
    Arbitrary<JsonNode> inner =
        Arbitraries.oneOf(leaves, leaves.list().ofMaxSize(4).map(HostileTpmEvidenceTest::array));
    return objects(names, Arbitraries.oneOf(leaves, objects(names, inner)));
  }

  private static JsonNode array(List<JsonNode> elements) {
    ArrayNode array = JSON.arrayNode();
    elements.forEach(array::add);
    return array;
  }

  private static Arbitrary<JsonNode> objects(Arbitrary<String> names, Arbitrary<JsonNode> members) {
    return Arbitraries.maps(names, members)
        .ofMaxSize(5)
        .map(
            map -> {
              ObjectNode object = JSON.objectNode();
              map.forEach(object::set);
              return object;
            });
  }

  private static void refused(JsonNode evidence) {
    for (Stance stance : List.of(Stance.strict(), Stance.compatible())) {
      assertThat(catchThrowable(() -> new TpmVerifier(stance).verify(evidence, UNBOUND)))
          .isInstanceOf(EvidenceException.class);
    }
  }

  private static void judged(JsonNode evidence) {
    Throwable thrown =
        catchThrowable(() -> new TpmVerifier(Stance.compatible()).verify(evidence, UNBOUND));
    assertThat(thrown == null || thrown instanceof EvidenceException)
        .as("only refusals: %s", thrown)
        .isTrue();
  }
}
