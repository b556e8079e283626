package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.Cause;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of ConfigMaps and Secrets. */
final class DataRules {
  private static final int MAX_DATA = 1024 * 1024;
  private static final String ACCOUNT = "kubernetes.io/service-account.name";
  private static final String REDACTED = "<secret contents redacted>";
  private static final Map<String, List<String>> TYPED_SECRETS =
      Map.of(
          "kubernetes.io/tls", List.of("tls.crt", "tls.key"),
          "kubernetes.io/dockerconfigjson", List.of(".dockerconfigjson"),
          "kubernetes.io/dockercfg", List.of(".dockercfg"),
          "kubernetes.io/ssh-auth", List.of("ssh-privatekey"));

  private DataRules() {}

  static void check(String kind, ObjectNode object, List<Cause> causes) {
    long size = 0;
    for (String field : new String[] {"data", "binaryData"}) {
      for (Map.Entry<String, JsonNode> entry : object.path(field).properties()) {
        String key = entry.getKey();
        Names.configKey(key)
            .ifPresent(text -> causes.add(Cause.invalid(field + "[" + key + "]", key, text)));
        if (field.equals("data") && object.path("binaryData").has(key)) {
          causes.add(
              Cause.invalid("data[" + key + "]", key, "duplicate of key present in binaryData"));
        }
        size += entry.getValue().stringValue("").length();
      }
    }
    long limit = kind.equals("secrets") ? MAX_DATA * 4L / 3 + 4 : MAX_DATA;
    if (size > limit) {
      causes.add(
          new Cause("FieldValueTooLong", "Too long: may not be more than 1048576 bytes", "data"));
    }
    if (kind.equals("secrets")) {
      secret(object, causes);
    }
  }

  private static void secret(ObjectNode secret, List<Cause> causes) {
    String type = Trees.textOrEmpty(secret, "type");
    JsonNode data = secret.path("data");
    for (String key : TYPED_SECRETS.getOrDefault(type, List.of())) {
      if (!data.has(key)) {
        causes.add(Cause.required("data[" + key + "]", ""));
      } else if (key.startsWith(".docker")) {
        json(key, data.path(key).stringValue(""), causes);
      }
    }
    if (type.equals("kubernetes.io/basic-auth") && !data.has("username") && !data.has("password")) {
      causes.add(Cause.required("data[username]", ""));
      causes.add(Cause.required("data[password]", ""));
    }
    if (type.equals("kubernetes.io/service-account-token")
        && Trees.text(secret, "metadata", "annotations", ACCOUNT).isEmpty()) {
      causes.add(Cause.required("metadata.annotations[" + ACCOUNT + "]", ""));
    }
  }

  /** The finding quotes nothing of the secret but its first character, as kube-apiserver does. */
  private static void json(String key, String base64, List<Cause> causes) {
    String text =
        new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8).strip();
    try {
      Trees.MAPPER.readTree(text);
    } catch (JacksonException e) {
      boolean begins = "{[\"-0123456789tfn".indexOf(text.charAt(0)) >= 0;
      causes.add(
          Cause.invalid(
              "data[" + key + "]",
              REDACTED,
              begins
                  ? "unexpected end of JSON input"
                  : "invalid character '" + text.charAt(0) + "' looking for beginning of value"));
    }
  }
}
