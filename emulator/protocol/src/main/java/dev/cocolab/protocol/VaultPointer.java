package dev.cocolab.protocol;

import dev.cocolab.protocol.SealedSecretException.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * The payload of a sealed secret of type {@code vault}, version 0.1.0.
 *
 * @param name the resource that it stands for, {@code kbs:///default/<secret>/<key>}
 */
public record VaultPointer(String name) {
  private static final String VAULT = "vault";
  private static final String BROKER = "kbs";
  private static final List<String> TEXTS = List.of("version", "type", "name", "provider");
  private static final List<String> OBJECTS = List.of("provider_settings", "annotations");

  /** Checks that nothing is missing. */
  public VaultPointer {
    Objects.requireNonNull(name, "name");
  }

  static VaultPointer parse(byte[] payload) {
    JsonNode json = read(payload);
    String version = json.path("version").asString("");
    if (!SealedPayload.VERSION.equals(version)) {
      throw new SealedSecretException(
          Reason.OTHER_VERSION, "version not supported, only 0.1.0 supported");
    }
    String type = json.path("type").asString("");
    if (!VAULT.equals(type)) {
      throw new SealedSecretException(
          Reason.UNSUPPORTED, "sealed secrets of type `" + type + "` are not supported");
    }
    TEXTS.forEach(member -> require(json.path(member).isString(), member));
    OBJECTS.forEach(member -> require(json.path(member).isObject(), member));
    String provider = json.path("provider").asString();
    if (!provider.toLowerCase(Locale.ROOT).equals(BROKER)) {
      throw new SealedSecretException(Reason.UNSUPPORTED, "Unsupported provider: " + provider);
    }
    return new VaultPointer(json.path("name").asString());
  }

  private static JsonNode read(byte[] payload) {
    try {
      return Json.read(payload, "sealed secret payload");
    } catch (ProtocolException e) {
      throw new SealedSecretException(Reason.BAD_PAYLOAD, String.valueOf(e.getMessage()), e);
    }
  }

  private static void require(boolean there, String member) {
    if (!there) {
      throw new SealedSecretException(Reason.BAD_PAYLOAD, "missing field `" + member + "`");
    }
  }
}
