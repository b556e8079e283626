package dev.cocolab.broker.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.protocol.Profile.TokenDialect;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class TokenVerifierTest {
  private static final Instant NOW = Instant.parse("2026-02-25T11:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final TokenDialect DIALECT = new TokenDialect(false, true, true);

  private final KeyPair rootKey = pair();
  private final KeyPair middleKey = pair();
  private final KeyPair leafKey = pair();
  private final X509Certificate root = certificate("root", rootKey, "root", rootKey, true);
  private final X509Certificate middle = certificate("middle", middleKey, "root", rootKey, true);
  private final X509Certificate leaf = certificate("leaf", leafKey, "middle", middleKey, false);

  @Test
  void certificatePathsFollowUpstreamsCases() {
    X509Certificate self = certificate("self", leafKey, "self", leafKey, false);
    X509Certificate byRoot = certificate("leaf", leafKey, "root", rootKey, false);

    assertThat(paths(self).validates(List.of(self))).isTrue();
    assertThat(paths(root).validates(List.of(byRoot))).isTrue();
    assertThat(paths(root).validates(List.of(leaf, middle))).isTrue();
    assertThat(paths(middle, root).validates(List.of(leaf))).isTrue();
    assertThat(paths(root).validates(List.of(leaf))).isFalse();
    assertThat(paths(middle).validates(List.of(leaf))).isFalse();
    assertThat(paths(certificate("x", pair(), "x", pair(), true)).validates(List.of(leaf, middle)))
        .isFalse();
    assertThat(paths(root).validates(List.of(self))).isFalse();
  }

  @Test
  void anExpiredCertificateIsTrustedNoMore() {
    X509Certificate self = certificate("self", leafKey, "self", leafKey, false);
    Clock later = Clock.fixed(NOW.plusSeconds(40L * 365 * 86400), ZoneOffset.UTC);

    assertThat(new CertificatePaths(List.of(self), later).validates(List.of(self))).isFalse();
  }

  @Test
  void everyChangedPartOfATokenIsRefused() {
    String token = TokenSigner.ephemeral(new SecureRandom(), DIALECT).sign(payload(NOW));
    TokenVerifier verifier = new TokenVerifier(List.of(), List.of(), true, CLOCK);
    String[] parts = token.split("\\.", -1);

    assertThat(verifier.verify(token).path("a").asString()).isEqualTo("b");
    for (int i = 0; i < parts.length; i++) {
      String[] changed = parts.clone();
      char last = changed[i].charAt(10);
      changed[i] =
          changed[i].substring(0, 10) + (last == 'A' ? 'B' : 'A') + changed[i].substring(11);
      assertRefused(verifier, String.join(".", changed));
    }
  }

  @Test
  void aTokenWithoutExpiryOrAlgorithmIsRefused() throws Exception {
    TokenVerifier verifier = new TokenVerifier(List.of(), List.of(), true, CLOCK);
    TokenSigner signer = TokenSigner.ephemeral(new SecureRandom(), DIALECT);
    String token = signer.sign(payload(NOW));
    String header =
        new String(
                Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))),
                StandardCharsets.UTF_8)
            .replace("\"alg\":\"ES256\",\"crv\"", "\"crv\"");

    assertRefused(verifier, signer.sign(JsonNodeFactory.instance.objectNode()));
    assertRefused(verifier, signer.sign(payload(NOW.minusSeconds(61))));
    assertRefused(
        verifier,
        Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(header.getBytes(StandardCharsets.UTF_8))
            + token.substring(token.indexOf('.')));
  }

  @Test
  void anExpiryIsAnyNumberThatIsAPointInTime() throws Exception {
    TokenVerifier verifier = new TokenVerifier(List.of(), List.of(), true, CLOCK);
    TokenSigner signer = TokenSigner.ephemeral(new SecureRandom(), DIALECT);
    long now = NOW.getEpochSecond();

    for (String exp : new String[] {now + ".5", Long.toString(Long.MAX_VALUE)}) {
      assertThat(verifier.verify(signer.sign(expiring(exp))).has("exp")).isTrue();
    }
    for (String exp :
        new String[] {"1e400", "-1e400", "99999999999999999999999", (now - 61) + ".25"}) {
      assertRefused(verifier, signer.sign(expiring(exp)));
    }
  }

  private static JsonNode expiring(String exp) {
    return JsonMapper.builder()
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .build()
        .readTree("{\"exp\":" + exp + "}");
  }

  @Test
  void aHeaderThatIsKnownIsTrustedNoLongerThanItsChain(@TempDir Path folder) throws Exception {
    X509Certificate self = certificate("self", leafKey, "self", leafKey, false);
    Path key = folder.resolve("token.key");
    Files.writeString(
        key,
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(leafKey.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    TokenSigner signer =
        TokenSigner.of(
            "token.key", key, List.of(self), Optional.empty(), new SecureRandom(), DIALECT);
    Instant late = NOW.plusSeconds(40L * 365 * 86400);
    Instant[] now = {NOW};
    TokenVerifier verifier =
        new TokenVerifier(List.of(), List.of(self), false, new TestClock(() -> now[0]));
    String token = signer.sign(payload(late.plusSeconds(60)));

    assertThat(verifier.verify(token).path("a").asString()).isEqualTo("b");
    now[0] = late;
    assertThatThrownBy(() -> verifier.verify(token))
        .isInstanceOf(BrokerException.class)
        .hasRootCauseMessage("JWK cannot be validated by trust anchor");
    now[0] = NOW;
    assertThat(verifier.verify(token).path("a").asString()).isEqualTo("b");
  }

  @Test
  void aKnownHeaderProvesNothingForAnotherSignatureOrPayload() {
    TokenSigner signer = TokenSigner.ephemeral(new SecureRandom(), DIALECT);
    TokenSigner other = TokenSigner.ephemeral(new SecureRandom(), DIALECT);
    TokenVerifier verifier = new TokenVerifier(List.of(), List.of(), true, CLOCK);
    String[] one = signer.sign(payload(NOW)).split("\\.", -1);
    String[] two = signer.sign(payload(NOW.plusSeconds(5))).split("\\.", -1);
    String[] foreign = other.sign(payload(NOW)).split("\\.", -1);
    verifier.verify(String.join(".", one));

    for (String mixed :
        List.of(
            String.join(".", one[0], two[1], one[2]),
            String.join(".", one[0], one[1], two[2]),
            String.join(".", one[0], foreign[1], foreign[2]))) {
      assertThatThrownBy(() -> verifier.verify(mixed))
          .isInstanceOf(BrokerException.class)
          .hasRootCauseMessage("the signature is wrong");
    }
    assertThat(verifier.verify(String.join(".", foreign)).has("exp")).isTrue();
    assertThat(verifier.verify(String.join(".", two)).has("exp")).isTrue();
  }

  /** Nobody can change it on the way, so only what depends on key and time is looked at. */
  @Test
  void aTokenOfOurOwnIsNotCheckedForItsSignatureAgainButForAllElse() {
    TokenSigner signer = TokenSigner.ephemeral(new SecureRandom(), DIALECT);
    TokenVerifier believing = new TokenVerifier(List.of(), List.of(), true, CLOCK);
    TokenVerifier trusting = new TokenVerifier(List.of(), List.of(root), false, CLOCK);
    String token = signer.sign(payload(NOW));

    assertThat(believing.verifyOwn(token)).isEqualTo(believing.verify(token));
    assertThat(believing.verifyOwn(token.substring(0, token.lastIndexOf('.') + 1) + "AAAA"))
        .isEqualTo(believing.verify(token));
    assertThatThrownBy(() -> believing.verifyOwn(signer.sign(payload(NOW.minusSeconds(61)))))
        .isInstanceOf(BrokerException.class)
        .hasRootCauseMessage("ExpiredSignature");
    assertThatThrownBy(() -> trusting.verifyOwn(token))
        .isInstanceOf(BrokerException.class)
        .hasRootCauseMessage("No x5c extension inside JWK. Invalid public key.");
  }

  /** A clock that a test sets. */
  private static final class TestClock extends Clock {
    private final Supplier<Instant> now;

    private TestClock(Supplier<Instant> now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now.get();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void nothingTrustedIsNoVerifier() {
    assertThatThrownBy(() -> new TokenVerifier(List.of(), List.of(), false, CLOCK))
        .isInstanceOfSatisfying(
            BrokerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION));
  }

  @Property(tries = 200)
  void anyTextIsRefused(@ForAll String text) {
    assertRefused(new TokenVerifier(List.of(), List.of(), true, CLOCK), text);
  }

  private static void assertRefused(TokenVerifier verifier, String token) {
    assertThat(catchThrowableOfType(BrokerException.class, () -> verifier.verify(token)).reason())
        .isEqualTo(Reason.TOKEN);
  }

  private static ObjectNode payload(Instant expires) {
    return JsonNodeFactory.instance.objectNode().put("a", "b").put("exp", expires.getEpochSecond());
  }

  private static CertificatePaths paths(X509Certificate... trusted) {
    return new CertificatePaths(List.of(trusted), CLOCK);
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(
      String subject, KeyPair key, String issuer, KeyPair issuerKey, boolean authority) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + issuer),
              BigInteger.ONE,
              Date.from(NOW.minusSeconds(86400)),
              Date.from(NOW.plusSeconds(86400)),
              new X500Name("CN=" + subject),
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey.getPrivate())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
