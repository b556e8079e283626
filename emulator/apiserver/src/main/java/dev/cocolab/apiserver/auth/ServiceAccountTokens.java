package dev.cocolab.apiserver.auth;

import dev.cocolab.apiserver.auth.TokenRefused.Reason;
import dev.cocolab.apiserver.json.Trees;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Issues and checks service account tokens: JWT (RFC 7519) signed with ES256 (RFC 7518, 3.4) by a
 * key that lives as long as the server unless it is given from outside. A token dies with its
 * account, and with the object that it is bound to.
 */
public final class ServiceAccountTokens {
  /** Issuer and default audience. */
  public static final String ISSUER = "https://kubernetes.default.svc";

  private static final String SIGNATURE = "SHA256withECDSAinP1363Format";
  private static final String ALGORITHM = "ES256";
  private static final String CLAIMS = "kubernetes.io";
  private static final String EXTRA = "authentication.kubernetes.io/";

  /** Longest token that is looked at, characters. */
  private static final int MAX_TOKEN = 16 * 1024;

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final SecureRandom random;
  private final Clock clock;
  private final LiveObjects objects;
  private Optional<SigningKey> key;

  private record SigningKey(KeyPair pair, String id) {}

  /** Whether an object is there and stays. */
  @FunctionalInterface
  public interface LiveObjects {
    /**
     * Whether the very object of this uid is there.
     *
     * @param resource plural in the core group, for example {@code serviceaccounts}
     */
    boolean exists(String resource, String namespace, String name, String uid);
  }

  /**
   * The object that a token is bound to.
   *
   * @param kind {@code pod}, {@code secret} or {@code node}, as the claim is called
   */
  public record Bound(String kind, String name, String uid) {
    private static final List<String> KINDS = List.of("pod", "secret", "node");

    public Bound {
      if (!KINDS.contains(kind)) {
        throw new IllegalArgumentException("tokens are not bound to a " + kind);
      }
    }
  }

  /**
   * A service account.
   *
   * @param uid its {@code metadata.uid}
   */
  public record Account(String namespace, String name, String uid) {}

  /**
   * A token and when it ends.
   *
   * @param token compact JWT
   * @param expires end of its life
   */
  public record Issued(String token, Instant expires) {
    /** Never the token. */
    @Override
    public String toString() {
      return "Issued[expires=" + expires + "]";
    }
  }

  /**
   * Issues and checks tokens.
   *
   * @param given the P-256 key to sign with; empty: one is made when it is needed
   */
  public ServiceAccountTokens(
      Optional<KeyPair> given, SecureRandom random, Clock clock, LiveObjects objects) {
    this.key = given.map(ServiceAccountTokens::named);
    this.random = random;
    this.clock = clock;
    this.objects = objects;
  }

  /**
   * Signs a token.
   *
   * @param audiences who may accept it; empty: this server
   * @param life from now
   */
  public Issued issue(
      Account account, Optional<Bound> bound, List<String> audiences, Duration life) {
    Instant now = clock.instant();
    Instant expires = now.plus(life);
    SigningKey signer = key();
    ObjectNode header =
        Trees.object().put("alg", ALGORITHM).put("kid", signer.id()).put("typ", "JWT");
    ObjectNode claims = Trees.object();
    claims.set("aud", Trees.strings(audiences.isEmpty() ? List.of(ISSUER) : audiences));
    claims.put("exp", expires.getEpochSecond()).put("iat", now.getEpochSecond()).put("iss", ISSUER);
    claims.put("jti", identifier(random));
    ObjectNode kubernetes = claims.putObject(CLAIMS).put("namespace", account.namespace());
    bound.ifPresent(
        object ->
            kubernetes
                .putObject(object.kind())
                .put("name", object.name())
                .put("uid", object.uid()));
    kubernetes.putObject("serviceaccount").put("name", account.name()).put("uid", account.uid());
    claims.put("nbf", now.getEpochSecond());
    claims.put("sub", User.SERVICE_ACCOUNT + account.namespace() + ":" + account.name());
    String signed = encoded(header) + "." + encoded(claims);
    return new Issued(signed + "." + ENCODER.encodeToString(sign(signer, signed)), expires);
  }

  private static String identifier(RandomGenerator random) {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  private static String encoded(ObjectNode node) {
    return ENCODER.encodeToString(Trees.MAPPER.writeValueAsBytes(node));
  }

  private byte[] sign(SigningKey signer, String text) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initSign(signer.pair().getPrivate(), random);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform has no ES256", e);
    }
  }

  private synchronized SigningKey key() {
    if (key.isEmpty()) {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        key = Optional.of(named(generator.generateKeyPair()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has P-256", e);
      }
    }
    return key.get();
  }

  private static SigningKey named(KeyPair pair) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(pair.getPublic().getEncoded());
      return new SigningKey(pair, ENCODER.encodeToString(digest));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * The account that a token stands for.
   *
   * @param audiences one of these must be among the token's; empty: this server
   * @throws TokenRefused with the reason when the token is not accepted
   */
  public Verified verify(String token, List<String> audiences) {
    JsonNode claims = signedClaims(token);
    long now = clock.instant().getEpochSecond();
    if (Trees.number(claims, "exp").orElse(0) <= now) {
      throw new TokenRefused(Reason.EXPIRED, "service account token has expired");
    }
    if (Trees.number(claims, "nbf").orElse(Long.MAX_VALUE) > now) {
      throw new TokenRefused(Reason.NOT_YET_VALID, "service account token is not valid yet");
    }
    List<String> wanted = audiences.isEmpty() ? List.of(ISSUER) : audiences;
    List<String> made = Trees.texts(claims, "aud");
    List<String> shared = wanted.stream().filter(made::contains).toList();
    if (shared.isEmpty()) {
      throw new TokenRefused(
          Reason.AUDIENCE,
          "token audiences "
              + quoted(made)
              + " is invalid for the target audiences "
              + quoted(wanted));
    }
    return new Verified(user(claims), shared);
  }

  /**
   * An accepted token.
   *
   * @param audiences those asked for that the token is good for
   */
  public record Verified(User user, List<String> audiences) {}

  private static String quoted(List<String> texts) {
    return texts.stream()
        .map(text -> "\"" + text + "\"")
        .collect(java.util.stream.Collectors.joining(" ", "[", "]"));
  }

  private JsonNode signedClaims(String token) {
    String[] parts = token.length() > MAX_TOKEN ? new String[0] : token.split("\\.", -1);
    if (parts.length != 3) {
      throw malformed();
    }
    try {
      JsonNode header = Trees.MAPPER.readTree(Base64.getUrlDecoder().decode(parts[0]));
      byte[] shown = Base64.getUrlDecoder().decode(parts[2]);
      JsonNode claims = Trees.MAPPER.readTree(Base64.getUrlDecoder().decode(parts[1]));
      if (!isOurs(header, parts, shown) || !Trees.textOrEmpty(claims, "iss").equals(ISSUER)) {
        throw new TokenRefused(Reason.NOT_OURS, "invalid bearer token");
      }
      return claims;
    } catch (IllegalArgumentException | JacksonException noToken) {
      throw malformed();
    }
  }

  private static TokenRefused malformed() {
    return new TokenRefused(Reason.MALFORMED, "invalid bearer token");
  }

  private boolean isOurs(JsonNode header, String[] parts, byte[] shown) {
    SigningKey signer = key();
    if (!Trees.textOrEmpty(header, "alg").equals(ALGORITHM)
        || !Trees.textOrEmpty(header, "kid").equals(signer.id())) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initVerify(signer.pair().getPublic());
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      return signature.verify(shown);
    } catch (GeneralSecurityException wrongForm) {
      return false;
    }
  }

  private User user(JsonNode claims) {
    String namespace = Trees.textOrEmpty(claims, CLAIMS, "namespace");
    String name = Trees.textOrEmpty(claims, CLAIMS, "serviceaccount", "name");
    String uid = Trees.textOrEmpty(claims, CLAIMS, "serviceaccount", "uid");
    if (!objects.exists("serviceaccounts", namespace, name, uid)) {
      throw new TokenRefused(
          Reason.ACCOUNT_GONE, "service account token has been invalidated: account is gone");
    }
    Map<String, List<String>> extra = new java.util.LinkedHashMap<>();
    extra.put(EXTRA + "credential-id", List.of("JTI=" + Trees.textOrEmpty(claims, "jti")));
    for (String kind : Bound.KINDS) {
      JsonNode bound = Trees.at(claims, CLAIMS, kind);
      if (bound.isObject()) {
        requireBound(kind, namespace, bound);
        extra.put(EXTRA + kind + "-name", List.of(Trees.textOrEmpty(bound, "name")));
        extra.put(EXTRA + kind + "-uid", List.of(Trees.textOrEmpty(bound, "uid")));
      }
    }
    return new User(
        User.SERVICE_ACCOUNT + namespace + ":" + name,
        uid,
        List.of(User.SERVICE_ACCOUNTS, User.SERVICE_ACCOUNTS + ":" + namespace),
        extra);
  }

  private void requireBound(String kind, String namespace, JsonNode bound) {
    String where = kind.equals("node") ? "" : namespace;
    String name = Trees.textOrEmpty(bound, "name");
    if (!objects.exists(kind + "s", where, name, Trees.textOrEmpty(bound, "uid"))) {
      throw new TokenRefused(
          Reason.BOUND_OBJECT_GONE,
          "service account token has been invalidated: " + kind + " " + name + " is gone");
    }
  }
}
