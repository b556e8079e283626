package dev.cocolab.broker.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Verifies attestation tokens as the Key Broker Service does.
 *
 * <p>A key in the token's own header counts only when its {@code x5c} chain ends at a trusted
 * certificate, or when the configuration says that any header key is believed. {@code exp} is
 * mandatory and has 60 seconds of leeway; {@code nbf}, {@code aud} and {@code iss} are not looked
 * at.
 */
public final class TokenVerifier {
  private static final long LEEWAY_SECONDS = 60;
  private static final int MAX_CHAIN = 10;
  private static final int PARTS = 3;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final List<JWKSet> jwkSets;
  private final CertificatePaths paths;
  private final boolean anyHeaderKey;
  private final Clock clock;
  private volatile Known last;

  /**
   * A verifier.
   *
   * @throws BrokerException CONFIGURATION when nothing is trusted
   */
  public TokenVerifier(
      List<JWKSet> jwkSets, List<X509Certificate> trusted, boolean anyHeaderKey, Clock clock) {
    if (jwkSets.isEmpty() && trusted.isEmpty() && !anyHeaderKey) {
      throw new BrokerException(
          Reason.CONFIGURATION,
          "Cannot verify token since no trusted verification materials are provided. Set"
              + " `trusted_certs_paths`, `trusted_jwk_sets` or `insecure_header_jwk` in"
              + " [attestation_token].");
    }
    this.jwkSets = List.copyOf(jwkSets);
    this.paths = new CertificatePaths(trusted, clock);
    this.anyHeaderKey = anyHeaderKey;
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /**
   * Verifies a token and returns its payload.
   *
   * @throws BrokerException TOKEN; the message is for the log, callers outside see none of it
   */
  public JsonNode verify(String token) {
    Signed signed = Signed.of(token);
    Known known = trusted(token, signed);
    try {
      byte[] input = (signed.header() + "." + signed.payload()).getBytes(StandardCharsets.UTF_8);
      if (!known.verifier().verify(known.header(), input, new Base64URL(signed.signature()))) {
        throw refused("the signature is wrong", null);
      }
    } catch (JOSEException e) {
      throw refused("the token's key cannot be used", e);
    }
    return claims(signed.payload());
  }

  /**
   * Verifies a token that has not left this process since it was signed here: whether its key is
   * trusted and its time not over, but not the signature once more.
   *
   * @throws BrokerException TOKEN, as {@link #verify}
   */
  public JsonNode verifyOwn(String token) {
    Signed signed = Signed.of(token);
    trusted(token, signed);
    return claims(signed.payload());
  }

  private Known trusted(String token, Signed signed) {
    Known known = last;
    if (known == null || !known.segment().equals(signed.header())) {
      known = read(token, signed.header());
      last = known;
    }
    if (!known.chain().isEmpty() && !paths.validates(known.chain())) {
      throw refused("JWK cannot be validated by trust anchor", null);
    }
    return known;
  }

  /** The three parts of a compact JWS (RFC 7515, section 7.1), as they are. */
  private record Signed(String header, String payload, String signature) {
    static Signed of(String token) {
      String[] parts = token.strip().split("\\.", -1);
      if (parts.length != PARTS || parts[2].isEmpty()) {
        throw refused("the token is not a JWS", null);
      }
      return new Signed(parts[0], parts[1], parts[2]);
    }
  }

  /**
   * What a header says, of which a broker's own tokens have one: read once, and again for another
   * header. Whether the chain is trusted is asked for each token, because that depends on time.
   *
   * @param segment the header as it stands in the token
   * @param chain empty where the key is trusted without one
   */
  private record Known(
      String segment, JWSHeader header, JWSVerifier verifier, List<X509Certificate> chain) {}

  private Known read(String token, String segment) {
    JWSObject jws;
    try {
      jws = JWSObject.parse(token);
    } catch (ParseException e) {
      throw refused("the token is not a JWS", e);
    }
    Trusted trusted = key(jws);
    JWK key = trusted.key();
    if (key.getAlgorithm() == null) {
      throw refused("the verification key has no `alg`", null);
    }
    if (!key.getAlgorithm().getName().equals(jws.getHeader().getAlgorithm().getName())) {
      throw refused("the token's `alg` is not that of its key", null);
    }
    try {
      PublicKey publicKey = ((AsymmetricJWK) key).toPublicKey();
      return new Known(
          segment,
          jws.getHeader(),
          new DefaultJWSVerifierFactory().createJWSVerifier(jws.getHeader(), publicKey),
          trusted.chain());
    } catch (JOSEException e) {
      throw refused("the token's key cannot be used", e);
    }
  }

  private JsonNode claims(String payload) {
    JsonNode claims;
    try {
      claims = MAPPER.readTree(Base64.getUrlDecoder().decode(payload));
    } catch (JacksonException | IllegalArgumentException e) {
      throw refused("the payload is not JSON", e);
    }
    long expires =
        seconds(claims.path("exp")).orElseThrow(() -> refused("the token has no `exp`", null));
    if (expires < clock.instant().getEpochSecond() - LEEWAY_SECONDS) {
      throw refused("ExpiredSignature", null);
    }
    return claims;
  }

  /** RFC 7519 allows fractions; what is no point in time counts as absent. */
  private static Optional<Long> seconds(JsonNode number) {
    if (number.isIntegralNumber()) {
      return number.canConvertToLong() ? Optional.of(number.longValue()) : Optional.empty();
    }
    return number.isNumber() && Double.isFinite(number.doubleValue())
        ? Optional.of(Math.round(number.doubleValue()))
        : Optional.empty();
  }

  /** A key, and the chain that it is trusted by; empty where it is trusted without. */
  private record Trusted(JWK key, List<X509Certificate> chain) {}

  private Trusted key(JWSObject jws) {
    Object header = jws.getHeader().toJSONObject().get("jwk");
    if (header instanceof Map<?, ?> members) {
      return headerKey(members);
    }
    String id = jws.getHeader().getKeyID();
    return jwkSets.stream()
        .map(set -> id == null ? null : set.getKeyByKeyId(id))
        .filter(k -> k instanceof AsymmetricJWK)
        .findFirst()
        .map(known -> new Trusted(known, List.of()))
        .orElseThrow(
            () -> refused("the token has no `jwk`, and no trusted key has its `kid`", null));
  }

  private Trusted headerKey(Map<?, ?> members) {
    JsonNode jwk = MAPPER.valueToTree(members);
    JsonNode x5c = jwk.path("x5c");
    JWK key = parse(jwk);
    if (!(key instanceof ECKey || key instanceof RSAKey)) {
      throw refused("the key in the header is neither EC nor RSA", null);
    }
    if (anyHeaderKey) {
      return new Trusted(key, List.of());
    }
    if (!x5c.isArray() || x5c.isEmpty()) {
      throw refused("No x5c extension inside JWK. Invalid public key.", null);
    }
    List<X509Certificate> chain = chain(x5c);
    try {
      if (!chain.get(0).getPublicKey().equals(((AsymmetricJWK) key).toPublicKey())) {
        throw refused("jwk does not match x5c", null);
      }
    } catch (JOSEException e) {
      throw refused("the key in the header is not a key", e);
    }
    return new Trusted(key, chain);
  }

  /** Without {@code x5c}: the library reads one alphabet of base64 only. */
  private static JWK parse(JsonNode jwk) {
    var bare = JsonNodeFactory.instance.objectNode();
    for (String member : List.of("kty", "alg", "crv", "x", "y", "n", "e", "kid")) {
      if (jwk.path(member).isString()) {
        bare.set(member, jwk.get(member));
      }
    }
    try {
      return JWK.parse(bare.toString());
    } catch (ParseException | IllegalArgumentException e) {
      throw refused("the key in the header is not a key", e);
    }
  }

  private static List<X509Certificate> chain(JsonNode x5c) {
    if (x5c.size() > MAX_CHAIN) {
      throw refused("x5c holds more than " + MAX_CHAIN + " certificates", null);
    }
    List<X509Certificate> out = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (JsonNode entry : x5c) {
        byte[] der = decode(entry.asString("").replace("\n", ""));
        out.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw refused("x5c holds no certificates", e);
    }
    return out;
  }

  /** Standard base64 first, then the URL-safe form of releases before v0.21. */
  private static byte[] decode(String text) {
    boolean urlSafe = text.indexOf('-') >= 0 || text.indexOf('_') >= 0 || text.length() % 4 != 0;
    return (urlSafe ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text);
  }

  private static BrokerException refused(String inner, Exception cause) {
    return new BrokerException(
        Reason.TOKEN,
        "Cannot verify token: neither trusted jwk set nor trusted pem public key works",
        new BrokerException(Reason.TOKEN, inner, cause));
  }
}
