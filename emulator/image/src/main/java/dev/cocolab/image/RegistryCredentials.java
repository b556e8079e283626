package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A registry auth file, {@code {"auths":{"<key>":{"auth":"<base64 of user:password>"}}}}; other
 * members are ignored. Credential helpers and identity tokens are not read.
 */
public final class RegistryCredentials {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<String, String> auths;

  private RegistryCredentials(Map<String, String> auths) {
    this.auths = Map.copyOf(auths);
  }

  /** One user for one registry or repository key. */
  public static RegistryCredentials of(String key, String user, String password) {
    byte[] text = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return new RegistryCredentials(Map.of(key, Base64.getEncoder().encodeToString(text)));
  }

  /** Throws {@link ImageException} BAD_CREDENTIALS, message {@code Invalid registry auth file}. */
  public static RegistryCredentials parse(byte[] json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JacksonException e) {
      // The parser's message may quote the file, so it stays out of the chain.
      throw invalid();
    }
    JsonNode entries = root == null ? null : root.get("auths");
    if (entries == null || !entries.isObject()) {
      throw invalid();
    }
    Map<String, String> auths = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : entries.properties()) {
      JsonNode auth = entry.getValue().get("auth");
      if (auth == null || !auth.isString()) {
        throw invalid();
      }
      auths.put(entry.getKey(), auth.asString());
    }
    return new RegistryCredentials(auths);
  }

  private static ImageException invalid() {
    return new ImageException(Stage.INPUT, Reason.BAD_CREDENTIALS, "Invalid registry auth file");
  }

  /**
   * The value of an {@code Authorization: Basic} header for an image: exact keys from the full name
   * down to the registry, then any key whose normalised host is the registry. Empty means
   * anonymous.
   */
  Optional<String> basicFor(ImageReference image) {
    for (String key : candidates(image)) {
      if (auths.containsKey(key)) {
        return Optional.of(basic(auths.get(key), image));
      }
    }
    String registry = normalised(image.registry());
    return auths.entrySet().stream()
        .filter(entry -> normalised(entry.getKey()).equals(registry))
        .sorted(Map.Entry.comparingByKey())
        .findFirst()
        .map(entry -> basic(entry.getValue(), image));
  }

  private static List<String> candidates(ImageReference image) {
    var keys = new java.util.ArrayList<String>();
    String name = image.name();
    keys.add(name);
    for (int slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
      keys.add(name.substring(0, slash));
    }
    return keys;
  }

  private static String normalised(String key) {
    String text = key;
    if (text.startsWith("https://")) {
      text = text.substring("https://".length());
    } else if (text.startsWith("http://")) {
      text = text.substring("http://".length());
    }
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    return host.equals("docker.io") || host.equals("registry-1.docker.io")
        ? "index.docker.io"
        : host;
  }

  private static String basic(String auth, ImageReference image) {
    String decoded;
    try {
      decoded = new String(Base64.getDecoder().decode(auth.strip()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw illegal(image);
    }
    int colon = decoded.indexOf(':');
    if (colon < 0) {
      throw illegal(image);
    }
    String password = decoded.substring(colon + 1).replaceAll("^[\\r\\n]+|[\\r\\n]+$", "");
    String pair = decoded.substring(0, colon) + ":" + password;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static ImageException illegal(ImageReference image) {
    return new ImageException(
        Stage.INPUT,
        Reason.BAD_CREDENTIALS,
        "Illegal registry auth for image " + image + " from auth config");
  }

  /** Names the keys only. */
  @Override
  public String toString() {
    return "RegistryCredentials" + auths.keySet();
  }
}
