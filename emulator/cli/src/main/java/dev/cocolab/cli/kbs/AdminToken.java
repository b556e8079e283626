package dev.cocolab.cli.kbs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An admin token: a JWS in compact form (RFC 7515) with EdDSA (RFC 8037), as Trustee's
 * administrators sign them themselves.
 *
 * @param issuer claim {@code iss}
 * @param audience sole member of the list {@code aud}
 * @param role claim {@code role}, by which Trustee since v0.21 knows what is allowed
 */
record AdminToken(Optional<String> issuer, Optional<String> audience, Optional<String> role) {
  private static final Duration LIFE = Duration.ofHours(2);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  /**
   * Signs a token that counts from now on for two hours.
   *
   * @throws CliException {@link ExitCode#USAGE} if the file holds no Ed25519 key as PKCS#8 PEM
   */
  String signed(InputFile keyFile, Clock clock) {
    PrivateKey key = key(keyFile);
    ObjectNode claims = JSON.createObjectNode();
    issuer.ifPresent(value -> claims.put("iss", value));
    role.ifPresent(value -> claims.put("role", value));
    audience.ifPresent(value -> claims.putArray("aud").add(value));
    long now = clock.instant().getEpochSecond();
    claims.put("iat", now).put("exp", now + LIFE.toSeconds());
    ObjectNode header = JSON.createObjectNode().put("alg", "EdDSA").put("typ", "JWT");
    String input =
        encode(JSON.writeValueAsBytes(header)) + "." + encode(JSON.writeValueAsBytes(claims));
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(input.getBytes(US_ASCII));
      return input + "." + encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is part of every JDK from 15 on", e);
    }
  }

  private static PrivateKey key(InputFile file) {
    Matcher block = BLOCK.matcher(file.text());
    try {
      if (block.find()) {
        byte[] der = Base64.getMimeDecoder().decode(block.group(1).strip());
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw refused(file, e);
    }
    throw refused(file, null);
  }

  private static CliException refused(InputFile file, Exception cause) {
    return new CliException(
        ExitCode.USAGE,
        ("%s: no Ed25519 private key as PKCS#8 PEM;"
                + " 'openssl genpkey -algorithm ed25519' makes one")
            .formatted(file.path()),
        cause);
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
