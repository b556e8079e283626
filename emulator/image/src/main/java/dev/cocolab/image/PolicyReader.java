package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads an image policy; what is not one is refused as a whole. At most 1 MiB. */
final class PolicyReader {

  private static final int LIMIT = 1024 * 1024;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private PolicyReader() {}

  /** Throws {@link ImageException} BAD_POLICY. */
  static SignaturePolicy read(byte[] json) {
    if (json.length > LIMIT) {
      throw invalid("larger than 1 MiB");
    }
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JacksonException e) {
      throw new ImageException(Stage.ADMISSION, Reason.BAD_POLICY, "Invalid image policy file", e);
    }
    if (root == null || !root.path("transports").isObject()) {
      throw invalid("no object \"transports\"");
    }
    Map<String, List<PolicyRequirement>> scopes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> transport : root.get("transports").properties()) {
      if (!transport.getValue().isObject()) {
        throw invalid("transport " + transport.getKey());
      }
      for (Map.Entry<String, JsonNode> scope : transport.getValue().properties()) {
        List<PolicyRequirement> requirements =
            requirements(scope.getValue(), "scope " + scope.getKey());
        if (transport.getKey().equals("docker")) {
          scopes.put(scope.getKey(), requirements);
        }
      }
    }
    return new SignaturePolicy(requirements(root.path("default"), "default"), scopes);
  }

  private static List<PolicyRequirement> requirements(JsonNode list, String where) {
    if (!list.isArray()) {
      throw invalid(where + " is no list of requirements");
    }
    List<PolicyRequirement> requirements = new ArrayList<>();
    for (JsonNode requirement : list) {
      requirements.add(requirement(requirement, where));
    }
    return requirements;
  }

  private static PolicyRequirement requirement(JsonNode node, String where) {
    String type = node.path("type").asString("");
    return switch (type) {
      case "insecureAcceptAnything" -> new PolicyRequirement.AcceptAnything();
      case "reject" -> new PolicyRequirement.Reject();
      case "signedBy" -> {
        identity(node.path("signedIdentity"), where);
        yield new PolicyRequirement.SignedBy();
      }
      case "sigstoreSigned" ->
          new PolicyRequirement.SigstoreSigned(
              text(node, "keyPath", where),
              text(node, "keyData", where),
              identity(node.path("signedIdentity"), where));
      default -> throw invalid(where + " has the unknown requirement type \"" + type + "\"");
    };
  }

  private static Optional<SignedIdentity> identity(JsonNode node, String where) {
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    String type = node.path("type").asString("");
    return Optional.of(
        switch (type) {
          case "matchRepository" -> new SignedIdentity.MatchRepository();
          case "exactRepository" ->
              new SignedIdentity.ExactRepository(required(node, "dockerRepository", where));
          case "matchExact" -> new SignedIdentity.Unsuitable("MatchExact");
          case "matchRepoDigestOrExact" -> new SignedIdentity.Unsuitable("MatchRepoDigestOrExact");
          case "exactReference" ->
              new SignedIdentity.Unsuitable(
                  "ExactReference { docker_reference: \"%s\" }"
                      .formatted(required(node, "dockerReference", where)));
          case "remapIdentity" ->
              new SignedIdentity.Unsuitable(
                  "RemapIdentity { prefix: \"%s\", signed_prefix: \"%s\" }"
                      .formatted(
                          required(node, "prefix", where), required(node, "signedPrefix", where)));
          default -> throw invalid(where + " has an unknown signedIdentity type");
        });
  }

  private static String required(JsonNode node, String member, String where) {
    return text(node, member, where)
        .orElseThrow(() -> invalid(where + " has a signedIdentity without " + member));
  }

  private static Optional<String> text(JsonNode node, String member, String where) {
    JsonNode value = node.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw invalid(where + " has something else than text in " + member);
    }
    return Optional.of(value.asString());
  }

  private static ImageException invalid(String detail) {
    return new ImageException(
        Stage.ADMISSION,
        Reason.BAD_POLICY,
        "Invalid image policy file",
        new IllegalArgumentException(detail));
  }
}
