package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers the challenges of registries: Basic, and Bearer with a token endpoint (Docker registry
 * token authentication). What was accepted once for a repository is sent with its next requests.
 */
final class RegistryAuthorization {

  private static final int TOKEN_LIMIT = 256 * 1024;
  private static final Pattern PARAMETER =
      Pattern.compile("([A-Za-z_-]+)=(?:\"([^\"]*)\"|([^\",\\s]+))");

  /** RFC 6750, section 2.1. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RegistryHttp http;
  private final Optional<RegistryCredentials> credentials;
  private final Map<String, String> headers = new ConcurrentHashMap<>();

  RegistryAuthorization(RegistryHttp http, Optional<RegistryCredentials> credentials) {
    this.http = http;
    this.credentials = credentials;
  }

  /** The header to send at once, if an earlier challenge of this repository was answered. */
  Optional<String> known(ImageReference image) {
    return Optional.ofNullable(headers.get(image.name()));
  }

  /** The header that answers the challenge; empty when there is nothing to answer it with. */
  Optional<String> answer(ImageReference image, String challenge, URI url) {
    Optional<String> basic = credentials.flatMap(known -> known.basicFor(image));
    String scheme = challenge.strip().toLowerCase(Locale.ROOT);
    Optional<String> header =
        scheme.startsWith("bearer")
            ? Optional.of(token(image, parameters(challenge), basic, url))
            : basic;
    header.ifPresent(value -> headers.put(image.name(), value));
    return header;
  }

  private static Map<String, String> parameters(String challenge) {
    Map<String, String> found = new HashMap<>();
    Matcher matcher = PARAMETER.matcher(challenge);
    while (matcher.find()) {
      String value = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
      found.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), value);
    }
    return found;
  }

  private String token(
      ImageReference image, Map<String, String> parameters, Optional<String> basic, URI url) {
    URI endpoint = endpoint(image, parameters, url);
    Map<String, String> request =
        basic.map(value -> Map.of("Authorization", value)).orElse(Map.of());
    try (RegistryHttp.Answer answer = http.get(endpoint, request, Stage.MANIFEST)) {
      byte[] body = answer.body().readNBytes(TOKEN_LIMIT);
      if (answer.status() != 200) {
        throw failure("token endpoint " + endpoint + " answers " + answer.status());
      }
      JsonNode root = JSON.readTree(body);
      JsonNode token = root.has("token") ? root.get("token") : root.get("access_token");
      // Anything else would not be legal in a header.
      if (token == null || !token.isString() || !TOKEN.matcher(token.asString()).matches()) {
        throw failure("token endpoint " + endpoint + " sends no token");
      }
      return "Bearer " + token.asString();
    } catch (JacksonException e) {
      throw failure("token endpoint " + endpoint + " does not answer in JSON");
    } catch (IOException e) {
      throw new ImageException(
          Stage.MANIFEST,
          Reason.AUTHENTICATION_FAILED,
          "Authentication failure: reading " + endpoint,
          e);
    }
  }

  private static URI endpoint(ImageReference image, Map<String, String> parameters, URI url) {
    String realm = parameters.getOrDefault("realm", "");
    URI base;
    try {
      base = URI.create(realm);
    } catch (IllegalArgumentException e) {
      throw failure("bad realm in the challenge of " + url);
    }
    boolean plain = "http".equals(base.getScheme()) && "http".equals(url.getScheme());
    boolean safe = "https".equals(base.getScheme()) || plain;
    if (!safe || base.getHost() == null) {
      throw failure("realm in the challenge of " + url + " is no HTTPS address");
    }
    String scope = parameters.getOrDefault("scope", "repository:" + image.repository() + ":pull");
    StringBuilder text = new StringBuilder(realm).append(base.getRawQuery() == null ? '?' : '&');
    text.append("scope=").append(encoded(scope));
    if (parameters.containsKey("service")) {
      text.append("&service=").append(encoded(parameters.get("service")));
    }
    return URI.create(text.toString());
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static ImageException failure(String what) {
    return new ImageException(
        Stage.MANIFEST, Reason.AUTHENTICATION_FAILED, "Authentication failure: " + what);
  }
}
