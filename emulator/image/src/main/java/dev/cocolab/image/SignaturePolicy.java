package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image policy, the subset of containers-policy.json(5) that a confidential guest reads: {@code
 * default} and {@code transports.docker}, both required. The first scope that matches decides,
 * nothing is merged, and an empty requirement list accepts. {@code insecureAcceptAnything} and
 * {@code reject} are enforced; an image that {@code signedBy} or {@code sigstoreSigned} guards is
 * refused, because those requirements are not checked here.
 */
public final class SignaturePolicy {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final Set<String> IDENTITIES =
      Set.of(
          "matchExact",
          "matchRepoDigestOrExact",
          "matchRepository",
          "exactReference",
          "exactRepository",
          "remapIdentity");

  private enum Requirement {
    ACCEPT_ANYTHING("insecureAcceptAnything"),
    REJECT("reject"),
    SIGNED_BY("signedBy"),
    SIGSTORE_SIGNED("sigstoreSigned");

    private final String wireName;

    Requirement(String wireName) {
      this.wireName = wireName;
    }
  }

  private final List<Requirement> otherwise;
  private final Map<String, List<Requirement>> scopes;

  private SignaturePolicy(List<Requirement> otherwise, Map<String, List<Requirement>> scopes) {
    this.otherwise = List.copyOf(otherwise);
    this.scopes = Map.copyOf(scopes);
  }

  /** Throws {@link ImageException} BAD_POLICY, message {@code Invalid image policy file}. */
  public static SignaturePolicy parse(byte[] json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JacksonException e) {
      throw new ImageException(Stage.ADMISSION, Reason.BAD_POLICY, "Invalid image policy file", e);
    }
    if (root == null || !root.path("transports").isObject()) {
      throw invalid("no object \"transports\"");
    }
    Map<String, List<Requirement>> scopes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> transport : root.get("transports").properties()) {
      if (!transport.getValue().isObject()) {
        throw invalid("transport " + transport.getKey());
      }
      for (Map.Entry<String, JsonNode> scope : transport.getValue().properties()) {
        List<Requirement> requirements = requirements(scope.getValue(), "scope " + scope.getKey());
        if (transport.getKey().equals("docker")) {
          scopes.put(scope.getKey(), requirements);
        }
      }
    }
    return new SignaturePolicy(requirements(root.path("default"), "default"), scopes);
  }

  private static List<Requirement> requirements(JsonNode list, String where) {
    if (!list.isArray()) {
      throw invalid(where + " is no list of requirements");
    }
    List<Requirement> requirements = new ArrayList<>();
    for (JsonNode requirement : list) {
      requirements.add(requirement(requirement, where));
    }
    return requirements;
  }

  private static Requirement requirement(JsonNode node, String where) {
    String type = node.path("type").asString("");
    for (Requirement known : Requirement.values()) {
      if (known.wireName.equals(type)) {
        checkIdentity(node.path("signedIdentity"), where);
        return known;
      }
    }
    throw invalid(where + " has the unknown requirement type \"" + type + "\"");
  }

  private static void checkIdentity(JsonNode identity, String where) {
    if (!identity.isMissingNode()
        && !identity.isNull()
        && !IDENTITIES.contains(identity.path("type").asString(""))) {
      throw invalid(where + " has an unknown signedIdentity type");
    }
  }

  private static ImageException invalid(String detail) {
    return new ImageException(
        Stage.ADMISSION,
        Reason.BAD_POLICY,
        "Invalid image policy file",
        new IllegalArgumentException(detail));
  }

  /** Applies the requirements of the deciding scope in order; all must pass. */
  public Decision decide(ImageReference image) {
    for (Requirement requirement : applicable(image)) {
      switch (requirement) {
        case ACCEPT_ANYTHING -> {
          continue;
        }
        case REJECT -> {
          return new Decision.Refused("Policy `reject` rejects image " + image);
        }
        case SIGNED_BY, SIGSTORE_SIGNED -> {
          return new Decision.Refused(
              "rejected by `"
                  + requirement.wireName
                  + "` rule (CoCoLab does not check signatures of requirement type "
                  + requirement.wireName
                  + ", so it refuses the image)");
        }
      }
    }
    return new Decision.Accepted();
  }

  private List<Requirement> applicable(ImageReference image) {
    for (String scope : searchOrder(image)) {
      List<Requirement> requirements = scopes.get(scope);
      if (requirements != null) {
        return requirements;
      }
    }
    return otherwise;
  }

  /**
   * Full reference, name, each shorter path down to the registry, wildcard hosts without port, the
   * transport itself.
   */
  static List<String> searchOrder(ImageReference image) {
    List<String> order = new ArrayList<>();
    order.add(image.toString());
    String name = image.name();
    order.add(name);
    for (int slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
      order.add(name.substring(0, slash));
    }
    int colon = image.registry().indexOf(':');
    String host = colon < 0 ? image.registry() : image.registry().substring(0, colon);
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      order.add("*" + host.substring(dot));
    }
    order.add("");
    return order;
  }
}
