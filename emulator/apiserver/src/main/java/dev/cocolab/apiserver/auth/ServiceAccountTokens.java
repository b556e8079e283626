package dev.cocolab.apiserver.auth;

import dev.cocolab.apiserver.json.Trees;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Issues and checks service account tokens: JWT (RFC 7519) signed with ES256 by a key that lives as
 * long as the server. A token of a deleted account is refused through the check that is given to
 * the constructor.
 */
public final class ServiceAccountTokens {
  /** Issuer and default audience. */
  public static final String ISSUER = "https://kubernetes.default.svc";

  private static final String PREFIX = "system:serviceaccount:";
  private static final String ALGORITHM = "SHA256withECDSAinP1363Format";
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final SecureRandom random;
  private final Clock clock;
  private final AccountCheck check;
  private Optional<KeyPair> key = Optional.empty();

  /** Whether an account still exists. */
  @FunctionalInterface
  public interface AccountCheck {
    boolean exists(String namespace, String name, String uid);
  }

  public ServiceAccountTokens(SecureRandom random, Clock clock, AccountCheck check) {
    this.random = random;
    this.clock = clock;
    this.check = check;
  }

  /**
   * A token and when it ends.
   *
   * @param token compact JWT
   * @param expires end of its life
   */
  public record Issued(String token, Instant expires) {}

  public Issued issue(
      String namespace, String name, String uid, List<String> audiences, Duration life) {
    Instant now = clock.instant();
    Instant expires = now.plus(life);
    ObjectNode header = Trees.object().put("alg", "ES256").put("typ", "JWT");
    ObjectNode claims = Trees.object();
    claims.set("aud", Trees.strings(audiences.isEmpty() ? List.of(ISSUER) : audiences));
    claims.put("exp", expires.getEpochSecond()).put("iat", now.getEpochSecond()).put("iss", ISSUER);
    ObjectNode kubernetes = claims.putObject("kubernetes.io").put("namespace", namespace);
    kubernetes.putObject("serviceaccount").put("name", name).put("uid", uid);
    claims.put("nbf", now.getEpochSecond()).put("sub", PREFIX + namespace + ":" + name);
    String signed = encoded(header) + "." + encoded(claims);
    return new Issued(signed + "." + ENCODER.encodeToString(sign(signed)), expires);
  }

  private static String encoded(ObjectNode node) {
    return ENCODER.encodeToString(Trees.MAPPER.writeValueAsBytes(node));
  }

  private byte[] sign(String text) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key().getPrivate(), random);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform has no ES256", e);
    }
  }

  private synchronized KeyPair key() throws GeneralSecurityException {
    if (key.isEmpty()) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      key = Optional.of(generator.generateKeyPair());
    }
    return key.get();
  }

  /**
   * The account a token stands for; empty when it is not ours, over, for another audience, or the
   * account is gone.
   */
  public Optional<User> verify(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key().getPublic());
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      if (!signature.verify(Base64.getUrlDecoder().decode(parts[2]))) {
        return Optional.empty();
      }
      return user(Trees.MAPPER.readTree(Base64.getUrlDecoder().decode(parts[1])));
    } catch (GeneralSecurityException | IllegalArgumentException | JacksonException notOurs) {
      return Optional.empty();
    }
  }

  private Optional<User> user(JsonNode claims) {
    String namespace = Trees.textOrEmpty(claims, "kubernetes.io", "namespace");
    String name = Trees.textOrEmpty(claims, "kubernetes.io", "serviceaccount", "name");
    String uid = Trees.textOrEmpty(claims, "kubernetes.io", "serviceaccount", "uid");
    long now = clock.instant().getEpochSecond();
    boolean current =
        Trees.number(claims, "exp").orElse(0) > now && Trees.number(claims, "nbf").orElse(0) <= now;
    if (!current
        || !Trees.texts(claims, "aud").contains(ISSUER)
        || !check.exists(namespace, name, uid)) {
      return Optional.empty();
    }
    return Optional.of(
        new User(
            PREFIX + namespace + ":" + name,
            uid,
            List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace)));
  }
}
