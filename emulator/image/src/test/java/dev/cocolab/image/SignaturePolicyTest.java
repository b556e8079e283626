package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.PolicyRequirement.SigstoreSigned;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        .isEqualTo(
            new Decision.Refused(
                "Policy `reject` rejects image quay.io/ns/img:latest",
                Reason.POLICY_REJECTED,
                "Policy `reject` rejects image quay.io/ns/img:latest"));
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

  @Test
  void signedByIsRefusedByName() {
    Decision decision =
        decide(
            policy(
                REJECT,
                "\"quay.io/signed\":[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPath\":\"kbs:///default/k/pub\"}]"),
            "quay.io/signed/img");

    assertThat(decision)
        .isInstanceOfSatisfying(
            Decision.Refused.class,
            refused -> {
              assertThat(refused.text())
                  .startsWith("rejected by `signedBy` rule")
                  .contains("does not check");
              assertThat(refused.reason()).isEqualTo(Reason.UNSUPPORTED_REQUIREMENT);
            });
  }

  @Test
  void sigstoreSignedIsCheckedAsWrittenAndMembersThatAreNotKnownArePassedOver() {
    List<SigstoreSigned> seen = new ArrayList<>();
    SignaturePolicy policy =
        policy(
            REJECT,
            "\"quay.io/a\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\"kbs:///default/k/pub\",\"rekorPublicKeyPath\":7,\"fulcio\":{}},"
                + "{\"type\":\"sigstoreSigned\",\"keyData\":\"pem\",\"signedIdentity\":{\"type\":\"exactRepository\",\"dockerRepository\":\"quay.io/b\"}}]");

    assertThat(decide(policy, "quay.io/a/img", (rule, image, manifest) -> seen.add(rule)))
        .isEqualTo(new Decision.Accepted());

    assertThat(seen)
        .containsExactly(
            new SigstoreSigned(
                Optional.of("kbs:///default/k/pub"), Optional.empty(), Optional.empty()),
            new SigstoreSigned(
                Optional.empty(),
                Optional.of("pem"),
                Optional.of(new SignedIdentity.ExactRepository("quay.io/b"))));
  }

  @Test
  void aFailedCheckShowsTheSameTextWhateverItWasAndKeepsTheReason() {
    SignaturePolicy policy =
        policy(REJECT, "\"quay.io\":[{\"type\":\"sigstoreSigned\",\"keyData\":\"pem\"}]");

    assertThat(
            decide(
                policy,
                "quay.io/a/img",
                (rule, image, manifest) -> {
                  throw ImageException.keyUnavailable("no broker", null);
                }))
        .isEqualTo(
            new Decision.Refused(
                "rejected by `sigstoreSigned` rule", Reason.KEY_UNAVAILABLE, "no broker"));
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
        "{\"default\":[{\"type\":\"sigstoreSigned\",\"signedIdentity\":{\"type\":\"nearly\"}}],\"transports\":{}}",
        "{\"default\":[{\"type\":\"sigstoreSigned\",\"signedIdentity\":{\"type\":\"exactRepository\"}}],\"transports\":{}}",
        "{\"default\":[{\"type\":\"sigstoreSigned\",\"signedIdentity\":{\"type\":\"remapIdentity\",\"prefix\":\"a\"}}],\"transports\":{}}",
        "{\"default\":[{\"type\":\"sigstoreSigned\",\"signedIdentity\":{\"type\":\"exactReference\",\"dockerReference\":1}}],\"transports\":{}}",
        "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyPath\":[\"a\"]}],\"transports\":{}}",
        "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyData\":1}],\"transports\":{}}"
      })
  void anythingElseIsNoPolicy(String json) {
    assertThatThrownBy(() -> SignaturePolicy.parse(json.getBytes(StandardCharsets.UTF_8)))
        .hasMessage("Invalid image policy file")
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_POLICY));
  }

  private static Decision decide(SignaturePolicy policy, String image) {
    return decide(
        policy,
        image.equals("a/b") ? "localhost/b" : image,
        (rule, name, manifest) -> {
          throw new AssertionError("no signature is asked for");
        });
  }

  private static Decision decide(
      SignaturePolicy policy, String image, SignaturePolicy.SignatureCheck check) {
    Digest digest = Digest.sha256(new byte[0]);
    Descriptor config = new Descriptor("application/json", digest, 0, Map.of());
    return policy.decide(
        ImageReference.parse(image),
        new ImageManifest(digest, Optional.empty(), config, List.of()),
        check);
  }

  private static SignaturePolicy policy(String otherwise, String scopes) {
    String json = "{\"default\":" + otherwise + ",\"transports\":{\"docker\":{" + scopes + "}}}";
    return SignaturePolicy.parse(json.getBytes(StandardCharsets.UTF_8));
  }
}
