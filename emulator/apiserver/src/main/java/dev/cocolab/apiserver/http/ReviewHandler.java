package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.Authenticator;
import dev.cocolab.apiserver.auth.Authorizer;
import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.ServiceAccountTokens;
import dev.cocolab.apiserver.auth.TokenRefused;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.rbac.RbacAuthorizer;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Questions about users and what they may do: {@code kubectl auth whoami}, {@code auth can-i},
 * {@code auth can-i --list}.
 */
final class ReviewHandler {
  private static final String GROUP = "authorization.k8s.io";

  /** What is sent to which path. */
  private static final Map<String, String> KINDS =
      Map.of(
          "authentication.k8s.io/selfsubjectreviews",
          "authentication/v1.SelfSubjectReview",
          "authentication.k8s.io/tokenreviews",
          "authentication/v1.TokenReview",
          "authorization.k8s.io/selfsubjectaccessreviews",
          "authorization/v1.SelfSubjectAccessReview",
          "authorization.k8s.io/selfsubjectrulesreviews",
          "authorization/v1.SelfSubjectRulesReview",
          "authorization.k8s.io/subjectaccessreviews",
          "authorization/v1.SubjectAccessReview",
          "authorization.k8s.io/localsubjectaccessreviews",
          "authorization/v1.LocalSubjectAccessReview");

  private final TransientBody bodies;
  private final Authenticator authenticator;
  private final RbacAuthorizer authorizer;

  ReviewHandler(TransientBody bodies, Authenticator authenticator, RbacAuthorizer authorizer) {
    this.bodies = bodies;
    this.authenticator = authenticator;
    this.authorizer = authorizer;
  }

  static boolean answers(RequestPath path) {
    return path.version().equals("v1") && KINDS.containsKey(path.group() + "/" + path.resource());
  }

  void handle(Exchange exchange, RequestPath path, String method) {
    if (path.resource().startsWith("local") == path.namespace().isEmpty()) {
      throw ApiException.unknownPath();
    }
    if (!method.equals("POST") || !path.name().isEmpty()) {
      throw ApiException.methodNotAllowed();
    }
    ObjectNode review = bodies.read(exchange, KINDS.get(path.group() + "/" + path.resource()));
    ObjectNode metadata = Trees.child(review, "metadata");
    JsonNode spec = review.path("spec");
    ObjectNode status = review.putObject("status");
    switch (path.resource()) {
      case "selfsubjectreviews" -> status.set("userInfo", userInfo(exchange.user()));
      case "tokenreviews" -> tokenReview(spec, status);
      case "selfsubjectaccessreviews" -> decide(exchange.user(), spec, status);
      case "selfsubjectrulesreviews" -> rules(exchange.user(), spec, status);
      case "localsubjectaccessreviews" -> {
        requireNamespace(path.namespace(), metadata, spec);
        decide(subject(spec), spec, status);
      }
      default -> decide(subject(spec), spec, status);
    }
    String structure = KINDS.get(path.group() + "/" + path.resource());
    review.put("kind", structure.substring(structure.lastIndexOf('.') + 1));
    review.put("apiVersion", path.group() + "/" + path.version());
    exchange.answer(201, review);
  }

  private static ObjectNode userInfo(User user) {
    ObjectNode info = Trees.object().put("username", user.name());
    if (!user.uid().isEmpty()) {
      info.put("uid", user.uid());
    }
    info.set("groups", Trees.strings(user.groups()));
    if (!user.extra().isEmpty()) {
      ObjectNode extra = info.putObject("extra");
      user.extra().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(entry -> extra.set(entry.getKey(), Trees.strings(entry.getValue())));
    }
    return info;
  }

  private void tokenReview(JsonNode spec, ObjectNode status) {
    String token = Trees.textOrEmpty(spec, "token");
    if (token.isEmpty()) {
      throw ApiException.badRequest("token is required for TokenReview in authentication");
    }
    List<String> audiences = Trees.texts(spec, "audiences");
    try {
      ServiceAccountTokens.Verified verified = authenticator.review(token, audiences);
      status.put("authenticated", true).set("user", userInfo(verified.user()));
      status.set("audiences", Trees.strings(verified.audiences()));
    } catch (TokenRefused refused) {
      status.putObject("user");
      status.put("error", refused.getMessage());
    }
  }

  private static void requireNamespace(String namespace, JsonNode metadata, JsonNode spec) {
    String given = Trees.text(metadata, "namespace").orElse(namespace);
    if (!given.equals(namespace)) {
      throw ApiException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    String asked = Trees.textOrEmpty(spec, "resourceAttributes", "namespace");
    if (!asked.equals(namespace)) {
      throw invalid(
          Cause.invalid(
              "spec.resourceAttributes.namespace", asked, "must match metadata.namespace"));
    }
  }

  /** kube-apiserver names the group of a review, not its kind. */
  private static ApiException invalid(Cause cause) {
    return ApiException.invalid(new ApiException.Subject(GROUP, "", ""), List.of(cause));
  }

  private static User subject(JsonNode spec) {
    String name = Trees.textOrEmpty(spec, "user");
    List<String> groups = Trees.texts(spec, "groups");
    if (name.isBlank() && groups.isEmpty()) {
      throw invalid(
          Cause.invalid("spec.user", name, "at least one of user or group must be specified"));
    }
    Map<String, List<String>> extra = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : spec.path("extra").properties()) {
      extra.put(entry.getKey(), Trees.texts(spec, "extra", entry.getKey()));
    }
    // a question about a group alone is about a user whom no rule names
    return new User(
        name.isBlank() ? "system:unnamed" : name, Trees.textOrEmpty(spec, "uid"), groups, extra);
  }

  private void rules(User user, JsonNode spec, ObjectNode status) {
    String namespace = Trees.textOrEmpty(spec, "namespace");
    if (namespace.isEmpty()) {
      throw ApiException.badRequest("no namespace on request");
    }
    RbacAuthorizer.Permissions permissions = authorizer.permissions(user, namespace);
    ArrayNode resources = status.putArray("resourceRules");
    ArrayNode paths = status.putArray("nonResourceRules");
    for (ObjectNode rule : permissions.rules()) {
      if (!rule.path("resources").isEmpty()) {
        resources.add(only(rule, "verbs", "apiGroups", "resources", "resourceNames"));
      }
      if (!rule.path("nonResourceURLs").isEmpty()) {
        paths.add(only(rule, "verbs", "nonResourceURLs"));
      }
    }
    status.put("incomplete", !permissions.missing().isEmpty());
    if (!permissions.missing().isEmpty()) {
      status.put("evaluationError", permissions.error());
    }
  }

  private static ObjectNode only(ObjectNode rule, String... fields) {
    ObjectNode part = Trees.object();
    for (String field : fields) {
      if (rule.has(field)) {
        part.set(field, rule.path(field));
      }
    }
    return part;
  }

  private void decide(User user, JsonNode spec, ObjectNode status) {
    JsonNode resource = spec.path("resourceAttributes");
    JsonNode other = spec.path("nonResourceAttributes");
    if (resource.isObject() && other.isObject()) {
      throw invalid(
          Cause.invalid(
              "spec.nonResourceAttributes",
              other,
              "cannot be specified in combination with resourceAttributes"));
    }
    if (!resource.isObject() && !other.isObject()) {
      throw invalid(
          Cause.invalid(
              "spec.resourceAttributes",
              "null",
              "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
    }
    Authorizer.Decision decision =
        authorizer.decide(user, resource.isObject() ? resource(resource) : other(other));
    status.put("allowed", decision.allowed());
    if (!decision.reason().isEmpty()) {
      status.put("reason", decision.reason());
    }
  }

  private static RequestAttributes resource(JsonNode asked) {
    return new RequestAttributes(
        Trees.textOrEmpty(asked, "verb"),
        Trees.textOrEmpty(asked, "group"),
        Trees.textOrEmpty(asked, "resource"),
        Trees.textOrEmpty(asked, "subresource"),
        Trees.textOrEmpty(asked, "namespace"),
        Trees.textOrEmpty(asked, "name"),
        "");
  }

  private static RequestAttributes other(JsonNode asked) {
    return new RequestAttributes(
        Trees.textOrEmpty(asked, "verb"), "", "", "", "", "", Trees.textOrEmpty(asked, "path"));
  }
}
