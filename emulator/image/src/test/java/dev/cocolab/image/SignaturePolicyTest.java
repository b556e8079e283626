package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.image.ImageException.Reason;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturePolicyTest {

  private static final String REJECT = "[{\"type\":\"reject\"}]";
  private static final String ACCEPT = "[{\"type\":\"insecureAcceptAnything\"}]";

  @ParameterizedTest
  @CsvSource({
    "quay.io/ns/img:latest",
    "quay.io/ns/img",
    "quay.io/ns",
    "quay.io",
    "*.io",
    "''",
  })
  void scopesMatchFromTheFullReferenceToTheTransport(String scope) {
    SignaturePolicy policy = policy(REJECT, "\"" + scope + "\":" + ACCEPT);

    assertThat(decide(policy, "quay.io/ns/img")).isEqualTo(new Decision.Accepted());
  }

  @ParameterizedTest
  @CsvSource({
    "quay.io/n",
    "quay.io/ns/im",
    "uay.io",
    "*.quay.io",
    "quay.io/ns/img:late",
    "quay.io/ns/img:other"
  })
  void scopesMatchWholeElementsOnly(String scope) {
    SignaturePolicy policy = policy(REJECT, "\"" + scope + "\":" + ACCEPT);

    assertThat(decide(policy, "quay.io/ns/img"))
        .isEqualTo(new Decision.Refused("Policy `reject` rejects image quay.io/ns/img:latest"));
  }

  @Test
  void theMostSpecificScopeDecidesAloneAndDefaultComesLast() {
    SignaturePolicy policy = policy(ACCEPT, "\"quay.io\":" + REJECT + ",\"quay.io/ns\":" + ACCEPT);

    assertThat(decide(policy, "quay.io/ns/img")).isEqualTo(new Decision.Accepted());
    assertThat(decide(policy, "quay.io/other/img")).isInstanceOf(Decision.Refused.class);
    assertThat(decide(policy, "elsewhere.example/img")).isEqualTo(new Decision.Accepted());
  }

  @Test
  void wildcardsIgnoreThePortAndCoverEverySuffix() {
    assertThat(SignaturePolicy.searchOrder(ImageReference.parse("a.b.com:5000/x/y:1")))
        .containsExactly(
            "a.b.com:5000/x/y:1",
            "a.b.com:5000/x/y",
            "a.b.com:5000/x",
            "a.b.com:5000",
            "*.b.com",
            "*.com",
            "");
  }

  @Test
  void allRequirementsMustPassAndAnEmptyListAccepts() {
    assertThat(
            decide(
                policy("[{\"type\":\"insecureAcceptAnything\"},{\"type\":\"reject\"}]", ""), "a/b"))
        .isInstanceOf(Decision.Refused.class);
    assertThat(decide(policy("[]", ""), "a/b")).isEqualTo(new Decision.Accepted());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sigstoreSigned", "signedBy"})
  void signatureRequirementsRefuseAndSayWhy(String type) {
    SignaturePolicy policy =
        policy(
            REJECT,
            "\"quay.io/signed\":[{\"type\":\""
                + type
                + "\",\"keyPath\":\"kbs:///default/k/pub\",\"unknown\":1}]");

    Decision decision = decide(policy, "quay.io/signed/img");

    assertThat(decision)
        .isInstanceOfSatisfying(
            Decision.Refused.class,
            refused ->
                assertThat(refused.text())
                    .startsWith("rejected by `" + type + "` rule")
                    .contains("does not check"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"default\":[]}",
        "{\"transports\":{}}",
        "{\"default\":[{\"type\":\"reject\"}],\"transports\":{},\"default\":[]}",
        "{\"default\":[{\"type\":\"reject\",\"type\":\"insecureAcceptAnything\"}],\"transports\":{}}",
        "{\"default\":{},\"transports\":{}}",
        "{\"default\":[{}],\"transports\":{}}",
        "{\"default\":[{\"type\":\"unknown\"}],\"transports\":{}}",
        "{\"default\":[],\"transports\":{\"docker\":{\"a\":{}}}}",
        "{\"default\":[],\"transports\":{\"docker\":[]}}",
        "{\"default\":[{\"type\":\"sigstoreSigned\",\"signedIdentity\":{\"type\":\"nearly\"}}],\"transports\":{}}"
      })
  void anythingElseIsNoPolicy(String json) {
    assertThatThrownBy(() -> SignaturePolicy.parse(json.getBytes(StandardCharsets.UTF_8)))
        .hasMessage("Invalid image policy file")
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_POLICY));
  }

  private static Decision decide(SignaturePolicy policy, String image) {
    return policy.decide(ImageReference.parse(image.equals("a/b") ? "localhost/b" : image));
  }

  private static SignaturePolicy policy(String otherwise, String scopes) {
    String json = "{\"default\":" + otherwise + ",\"transports\":{\"docker\":{" + scopes + "}}}";
    return SignaturePolicy.parse(json.getBytes(StandardCharsets.UTF_8));
  }
}
