package dev.cocolab.broker.admin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.token.JwkSources;
import dev.cocolab.broker.token.Pem;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/**
 * Mode {@code AuthenticatedAuthorization}: a JWT of a trusted issuer names a role, and a list says
 * which requests the role may make. Providers are tried in order; a token that one of them has
 * signed for another issuer or audience goes on to the next. Refusals are Trustee's, word by word.
 */
public final class BearerGate implements AdminGate {
  private static final String SCHEME = "Bearer ";
  private static final String FILE = "file://";
  private static final String LOG = "kbs::admin";
  private static final long LEEWAY_SECONDS = 60;

  private final List<Trusted> trusted;
  private final List<Allowed> allowed;
  private final Clock clock;
  private final KbsLog log;

  private record Trusted(
      AdminConfig.Provider provider, Optional<PublicKey> key, Optional<JWKSet> keys) {}

  private record Allowed(String role, Pattern uris) {}

  private BearerGate(List<Trusted> trusted, List<Allowed> allowed, Clock clock, KbsLog log) {
    this.trusted = List.copyOf(trusted);
    this.allowed = List.copyOf(allowed);
    this.clock = clock;
    this.log = log;
  }

  /**
   * Reads the keys of a configuration.
   *
   * @param files from a path inside the container to the file on this machine
   * @throws BrokerException CONFIGURATION, FILE or KEY
   */
  public static BearerGate open(
      AdminConfig.AuthenticatedAuthorization config,
      Function<String, Path> files,
      Clock clock,
      KbsLog log) {
    Objects.requireNonNull(clock, "clock");
    List<Trusted> trusted = new ArrayList<>();
    if (config.providers().isEmpty()) {
      throw invalid(
          "AuthenticatedAuthorization requires at least one `identity_providers` entry in"
              + " [admin.authentication.bearer_jwt]");
    }
    for (int i = 0; i < config.providers().size(); i++) {
      AdminConfig.Provider provider = config.providers().get(i);
      if (provider.publicKeyUri().isEmpty() && provider.jwkSetUri().isEmpty()) {
        throw invalid(
            "identity_providers[%d] must set `public_key_uri` and/or `jwk_set_uri`".formatted(i));
      }
      trusted.add(
          new Trusted(
              provider,
              provider.publicKeyUri().map(uri -> publicKey(uri, files)),
              provider.jwkSetUri().map(new JwkSources(files)::load)));
    }
    return new BearerGate(trusted, allowed(config.acls()), clock, log);
  }

  private static PublicKey publicKey(String uri, Function<String, Path> files) {
    if (uri.contains("://") && !uri.startsWith(FILE)) {
      throw invalid(
          "`public_key_uri` " + uri + " is neither a path nor file://, which is what is supported");
    }
    String path = uri.startsWith(FILE) ? uri.substring(FILE.length()) : uri;
    return Pem.publicKey(path, files.apply(path));
  }

  private static List<Allowed> allowed(List<AdminConfig.Acl> acls) {
    List<Allowed> out = new ArrayList<>();
    for (AdminConfig.Acl acl : acls) {
      String regex = acl.allowedEndpoints();
      if (!regex.startsWith("^/kbs") || !regex.endsWith("$")) {
        throw invalid("Admin Role regex must be anchored.");
      }
      try {
        out.add(new Allowed(acl.role(), Pattern.compile(regex)));
      } catch (PatternSyntaxException e) {
        throw invalid("Failed to parse regex: " + regex);
      }
    }
    return out;
  }

  private static BrokerException invalid(String text) {
    return new BrokerException(
        Reason.CONFIGURATION, "failed to initialize [admin] configuration: " + text);
  }

  @Override
  public void admit(Optional<String> authorization, String uri) {
    String role = role(bearer(authorization));
    log.info(LOG, "Admin access granted for " + role);
    for (Allowed entry : allowed) {
      if (entry.role().equals(role) && entry.uris().matcher(uri).find()) {
        return;
      }
    }
    throw AdminRefusal.denied("Role %s not allowed for path %s".formatted(role, uri));
  }

  private static SignedToken bearer(Optional<String> authorization) {
    String token =
        authorization
            .filter(header -> header.startsWith(SCHEME))
            .map(header -> header.substring(SCHEME.length()).strip())
            .filter(text -> !text.isEmpty())
            .orElseThrow(AdminRefusal::noBearer);
    return SignedToken.parse(token).orElseThrow(BearerGate::unverified);
  }

  private String role(SignedToken token) {
    for (Trusted one : trusted) {
      if (!isSignedBy(token, one) || isOver(token.payload())) {
        continue;
      }
      JsonNode role = token.payload().path("role");
      if (!role.isString()) {
        throw AdminRefusal.denied(
            "Failed to parse claims from token: AdminAccessDenied { reason: \"Missing required"
                + " `role` claim in JWT\" }");
      }
      if (isFor(token.payload(), one.provider())) {
        return role.asString();
      }
    }
    throw unverified();
  }

  private static AdminRefusal unverified() {
    return AdminRefusal.denied("Cannot verify token with any of the issuers");
  }

  private static boolean isSignedBy(SignedToken token, Trusted one) {
    if (one.key().filter(key -> token.isSignedBy(key, token.algorithm())).isPresent()) {
      return true;
    }
    String id = token.header().path("kid").asString("");
    JWK jwk = one.keys().map(set -> set.getKeyByKeyId(id)).orElse(null);
    if (jwk == null || jwk.getAlgorithm() == null) {
      return false;
    }
    return publicKey(jwk)
        .filter(key -> token.isSignedBy(key, jwk.getAlgorithm().getName()))
        .isPresent();
  }

  private static Optional<PublicKey> publicKey(JWK jwk) {
    try {
      if (jwk instanceof OctetKeyPair pair) {
        byte[] little = pair.getDecodedX();
        byte[] big = new byte[little.length];
        for (int i = 0; i < big.length; i++) {
          big[i] = little[little.length - 1 - i];
        }
        boolean odd = big[0] < 0;
        big[0] &= 0x7f;
        return Optional.of(
            KeyFactory.getInstance("Ed25519")
                .generatePublic(
                    new EdECPublicKeySpec(
                        NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, big)))));
      }
      return jwk instanceof AsymmetricJWK pair ? Optional.of(pair.toPublicKey()) : Optional.empty();
    } catch (JOSEException | GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** A token without an end is over, too. */
  private boolean isOver(JsonNode payload) {
    JsonNode end = payload.path("exp");
    return !end.isNumber() || clock.instant().getEpochSecond() > end.asDouble(0) + LEEWAY_SECONDS;
  }

  private boolean isFor(JsonNode payload, AdminConfig.Provider provider) {
    boolean issued =
        provider
            .issuer()
            .map(issuer -> payload.path("iss").asString("").equals(issuer))
            .orElse(true);
    boolean meant =
        provider
            .audience()
            .map(audience -> audiences(payload.path("aud")).contains(audience))
            .orElse(true);
    if (!issued || !meant) {
      log.error(
          LOG,
          "A token can be verified with public key, but the token %s mismatch. Try the next issuer."
              .formatted(issued ? "audience" : "issuer"));
    }
    return issued && meant;
  }

  private static List<String> audiences(JsonNode claim) {
    List<String> out = new ArrayList<>();
    if (claim.isString()) {
      out.add(claim.asString());
    }
    if (claim.isArray()) {
      claim.forEach(one -> out.add(one.asString("")));
    }
    return out;
  }
}
