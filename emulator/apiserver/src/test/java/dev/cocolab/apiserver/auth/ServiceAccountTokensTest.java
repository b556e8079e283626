package dev.cocolab.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.auth.ServiceAccountTokens.Account;
import dev.cocolab.apiserver.auth.ServiceAccountTokens.Bound;
import dev.cocolab.apiserver.auth.TokenRefused.Reason;
import dev.cocolab.apiserver.json.Trees;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens as they are made, forged and outlived. */
class ServiceAccountTokensTest {
  private static final Account ROBOT = new Account("x", "robot", "uid-1");
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final Set<String> present = new HashSet<>(Set.of("serviceaccounts/x/robot/uid-1"));
  private final MovingClock clock = new MovingClock();
  private final ServiceAccountTokens tokens = signer();

  private static final class MovingClock extends Clock {
    private Instant now = Instant.parse("2026-03-01T10:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @Test
  void tokenOfAnotherServerWithTheSameGivenKeyIsAccepted() throws GeneralSecurityException {
    Optional<KeyPair> given = Optional.of(p256());
    String token = signer(given).issue(ROBOT, Optional.empty(), List.of(), LIFE).token();

    assertThat(signer(given).verify(token, List.of()).user().name())
        .isEqualTo(tokens.verify(issue(), List.of()).user().name());
    assertRefused(token, Reason.NOT_OURS);
  }

  private static KeyPair p256() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private ServiceAccountTokens signer() {
    return signer(Optional.empty());
  }

  private ServiceAccountTokens signer(Optional<KeyPair> given) {
    return new ServiceAccountTokens(
        given,
        new SecureRandom(),
        clock,
        (resource, namespace, name, uid) ->
            present.contains(String.join("/", resource, namespace, name, uid)));
  }

  private String issue(String... audiences) {
    return tokens.issue(ROBOT, Optional.empty(), List.of(audiences), LIFE).token();
  }

  private void assertRefused(String token, Reason reason) {
    assertThatThrownBy(() -> tokens.verify(token, List.of()))
        .isInstanceOfSatisfying(
            TokenRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private static JsonNode part(String token, int index) {
    return Trees.MAPPER.readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[index]));
  }

  private static String encoded(JsonNode node) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Trees.MAPPER.writeValueAsBytes(node));
  }

  @Test
  void aTokenStandsForItsAccount() {
    User user = tokens.verify(issue(), List.of()).user();

    assertThat(user.name()).isEqualTo("system:serviceaccount:x:robot");
    assertThat(user.uid()).isEqualTo("uid-1");
    assertThat(user.groups()).containsExactly("system:serviceaccounts", "system:serviceaccounts:x");
    assertThat(user.extra()).containsKey("authentication.kubernetes.io/credential-id");
  }

  @Test
  void claimsAreThoseOfTheStandard() {
    String token = issue("vault");
    JsonNode header = part(token, 0);
    JsonNode claims = part(token, 1);

    assertThat(Trees.textOrEmpty(header, "alg")).isEqualTo("ES256");
    assertThat(Trees.textOrEmpty(header, "kid")).isNotEmpty();
    assertThat(Trees.texts(claims, "aud")).containsExactly("vault");
    assertThat(Trees.number(claims, "exp").getAsLong())
        .isEqualTo(clock.instant().getEpochSecond() + 600);
    assertThat(Trees.textOrEmpty(claims, "sub")).isEqualTo("system:serviceaccount:x:robot");
    assertThat(Trees.textOrEmpty(claims, "jti")).isNotEqualTo(jti(issue("vault")));
  }

  private static String jti(String token) {
    return Trees.textOrEmpty(part(token, 1), "jti");
  }

  @Test
  void aTokenEndsWithItsLife() {
    String token = issue();
    clock.now = clock.now.plus(LIFE).minusSeconds(1);
    assertThat(tokens.verify(token, List.of()).user().name()).endsWith("robot");

    clock.now = clock.now.plusSeconds(1);
    assertRefused(token, Reason.EXPIRED);
  }

  @Test
  void aClockThatWasSetBackMakesATokenNotYetValid() {
    String token = issue();
    clock.now = clock.now.minusSeconds(10);

    assertRefused(token, Reason.NOT_YET_VALID);
  }

  @Test
  void aTokenForOthersIsNotForThisServer() {
    String token = issue("vault");

    assertRefused(token, Reason.AUDIENCE);
    assertThat(tokens.verify(token, List.of("db", "vault")).audiences()).containsExactly("vault");
  }

  @Test
  void aTokenDiesWithItsAccount() {
    String token = issue();
    present.clear();
    assertRefused(token, Reason.ACCOUNT_GONE);

    present.add("serviceaccounts/x/robot/uid-2");
    assertRefused(token, Reason.ACCOUNT_GONE);
  }

  @Test
  void aBoundTokenDiesWithItsPod() {
    present.add("pods/x/p/uid-p");
    String token =
        tokens.issue(ROBOT, Optional.of(new Bound("pod", "p", "uid-p")), List.of(), LIFE).token();
    assertThat(tokens.verify(token, List.of()).user().extra())
        .containsEntry("authentication.kubernetes.io/pod-name", List.of("p"))
        .containsEntry("authentication.kubernetes.io/pod-uid", List.of("uid-p"));

    present.remove("pods/x/p/uid-p");
    assertRefused(token, Reason.BOUND_OBJECT_GONE);
  }

  @Test
  void anotherServersTokenIsNotOurs() {
    String foreign = signer().issue(ROBOT, Optional.empty(), List.of(), LIFE).token();

    assertRefused(foreign, Reason.NOT_OURS);
  }

  @Test
  void changedClaimsBreakTheSignature() {
    String[] parts = issue().split("\\.", -1);
    ObjectNode claims = (ObjectNode) part(String.join(".", parts), 1);
    claims.put("sub", "system:serviceaccount:kube-system:root");

    assertRefused(parts[0] + "." + encoded(claims) + "." + parts[2], Reason.NOT_OURS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "HS256", "ES384", ""})
  void anotherAlgorithmIsNotTried(String algorithm) {
    String[] parts = issue().split("\\.", -1);
    ObjectNode header = (ObjectNode) part(String.join(".", parts), 0);
    header.put("alg", algorithm);
    String unsigned = encoded(header) + "." + parts[1] + ".";

    assertRefused(unsigned, Reason.NOT_OURS);
    assertRefused(unsigned + parts[2], Reason.NOT_OURS);
  }

  @Test
  void aSignatureOfNullsIsNone() {
    String[] parts = issue().split("\\.", -1);
    String nulls = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);

    assertRefused(parts[0] + "." + parts[1] + "." + nulls, Reason.NOT_OURS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.b", "a.b.c.d", "!!.??.==", "e30.e30"})
  void whatIsNoTokenIsSaidToBeMalformed(String text) {
    assertRefused(text, Reason.MALFORMED);
  }

  @Test
  void aTokenWithoutEndIsNotRead() {
    assertRefused("a".repeat(40_000) + ".b.c", Reason.MALFORMED);
  }

  @Test
  void messagesAndTextFormsShowNoToken() {
    String token = issue("vault");

    assertThatThrownBy(() -> tokens.verify(token, List.of()))
        .hasMessage(
            "token audiences [\"vault\"] is invalid for the target audiences"
                + " [\"https://kubernetes.default.svc\"]")
        .hasMessageNotContaining(token);
    assertThat(tokens.issue(ROBOT, Optional.empty(), List.of(), LIFE).toString())
        .doesNotContain("eyJ");
    assertThat(token.getBytes(StandardCharsets.US_ASCII)).hasSizeLessThan(1024);
  }
}
