package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.Authenticator;
import dev.cocolab.apiserver.auth.Authorizer;
import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Questions about users and what they may do: {@code kubectl auth whoami}, {@code auth can-i}. */
final class ReviewHandler {
  private static final Set<String> PATHS =
      Set.of(
          "authentication.k8s.io/selfsubjectreviews",
          "authentication.k8s.io/tokenreviews",
          "authorization.k8s.io/selfsubjectaccessreviews",
          "authorization.k8s.io/subjectaccessreviews",
          "authorization.k8s.io/localsubjectaccessreviews");

  private final BodyDecoder decoder;
  private final Authenticator authenticator;
  private final Authorizer authorizer;

  ReviewHandler(BodyDecoder decoder, Authenticator authenticator, Authorizer authorizer) {
    this.decoder = decoder;
    this.authenticator = authenticator;
    this.authorizer = authorizer;
  }

  static boolean answers(RequestPath path) {
    return path.version().equals("v1") && PATHS.contains(path.group() + "/" + path.resource());
  }

  void handle(Exchange exchange, RequestPath path, String method) {
    if (!method.equals("POST") || !path.name().isEmpty()) {
      throw ApiException.methodNotAllowed();
    }
    if (!(decoder.decode(exchange.contentType(), exchange.body()).root()
        instanceof ObjectNode review)) {
      throw ApiException.badRequest("the body is no JSON object");
    }
    Trees.child(review, "metadata");
    ObjectNode status = review.putObject("status");
    switch (path.resource()) {
      case "selfsubjectreviews" -> status.set("userInfo", userInfo(exchange.user()));
      case "tokenreviews" -> tokenReview(review, status);
      case "selfsubjectaccessreviews" -> decide(exchange.user(), review.path("spec"), status);
      default -> {
        JsonNode spec = review.path("spec");
        String name = Trees.text(spec, "user").orElse("system:anonymous");
        decide(
            new User(name, Trees.textOrEmpty(spec, "uid"), Trees.texts(spec, "groups")),
            spec,
            status);
      }
    }
    exchange.answer(201, review);
  }

  private static ObjectNode userInfo(User user) {
    ObjectNode info = Trees.object().put("username", user.name());
    if (!user.uid().isEmpty()) {
      info.put("uid", user.uid());
    }
    info.set("groups", Trees.strings(user.groups()));
    return info;
  }

  private void tokenReview(ObjectNode review, ObjectNode status) {
    String token = Trees.textOrEmpty(review, "spec", "token");
    Optional<User> user = authenticator.authenticate("Bearer " + token, List.of());
    user.ifPresentOrElse(
        known -> status.put("authenticated", true).set("user", userInfo(known)),
        () -> status.put("authenticated", false));
  }

  private void decide(User user, JsonNode spec, ObjectNode status) {
    JsonNode resource = spec.path("resourceAttributes");
    JsonNode other = spec.path("nonResourceAttributes");
    RequestAttributes attributes =
        resource.isObject()
            ? new RequestAttributes(
                Trees.textOrEmpty(resource, "verb"),
                Trees.textOrEmpty(resource, "group"),
                Trees.textOrEmpty(resource, "resource"),
                Trees.textOrEmpty(resource, "subresource"),
                Trees.textOrEmpty(resource, "namespace"),
                Trees.textOrEmpty(resource, "name"),
                "")
            : new RequestAttributes(
                Trees.textOrEmpty(other, "verb"),
                "",
                "",
                "",
                "",
                "",
                Trees.textOrEmpty(other, "path"));
    status.put("allowed", authorizer.allows(user, attributes));
  }
}
