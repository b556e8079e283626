package dev.cocolab.apiserver.discovery;

import dev.cocolab.apiserver.registry.ResourceType;
import java.util.ArrayList;
import java.util.List;

/** What can be done with kinds and their subresources; discovery documents say it. */
final class Verbs {
  static final List<String> ALL =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
  private static final List<String> CHANGE = List.of("get", "patch", "update");
  private static final List<String> CREATE = List.of("create");

  private static final List<String> CUSTOM =
      List.of("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch");

  private Verbs() {}

  /** In the order in which kube-apiserver names them. */
  static List<String> of(ResourceType type) {
    if (type.custom().isPresent()) {
      return CUSTOM;
    }
    return type.is("", "namespaces")
        ? ALL.stream().filter(verb -> !verb.equals("deletecollection")).toList()
        : ALL;
  }

  /** A subresource: name, group, version and kind of what it carries, verbs. */
  record Subresource(String name, String group, String version, String kind, List<String> verbs) {}

  static List<Subresource> subresources(ResourceType type) {
    List<Subresource> found = new ArrayList<>();
    if (type.status()) {
      found.add(new Subresource("status", type.group(), type.version(), type.kind(), CHANGE));
    }
    if (type.scale().isPresent()) {
      found.add(new Subresource("scale", "autoscaling", "v1", "Scale", CHANGE));
    }
    if (type.is("certificates.k8s.io", "certificatesigningrequests")) {
      found.add(new Subresource("approval", type.group(), type.version(), type.kind(), CHANGE));
    }
    if (type.is("", "pods")) {
      found.add(new Subresource("binding", "", "v1", "Binding", CREATE));
      found.add(new Subresource("eviction", "policy", "v1", "Eviction", CREATE));
      found.add(new Subresource("log", "", "v1", "Pod", List.of("get")));
    } else if (type.is("", "namespaces")) {
      found.add(new Subresource("finalize", "", "v1", "Namespace", List.of("update")));
    } else if (type.is("", "serviceaccounts")) {
      found.add(new Subresource("token", "authentication.k8s.io", "v1", "TokenRequest", CREATE));
    }
    return found;
  }

  /** A kind that is asked, not stored. */
  record Review(String group, String plural, String kind, boolean namespaced) {}

  static final List<Review> REVIEWS =
      List.of(
          new Review("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview", false),
          new Review("authentication.k8s.io", "tokenreviews", "TokenReview", false),
          new Review(
              "authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false),
          new Review(
              "authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview", false),
          new Review("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview", false),
          new Review(
              "authorization.k8s.io",
              "localsubjectaccessreviews",
              "LocalSubjectAccessReview",
              true));
}
