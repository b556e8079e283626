package dev.cocolab.apiserver.rbac;

import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.json.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One rule of a role (rbac.authorization.k8s.io/v1 PolicyRule). {@code *} stands for all verbs,
 * groups, resources or paths; {@code *}{@code /scale} for that sub-resource of every resource; a
 * path that ends in {@code *} for all that begin so.
 *
 * @param names objects the rule is limited to; empty: all, and requests that name none
 */
record PolicyRule(
    List<String> verbs,
    List<String> groups,
    List<String> resources,
    List<String> names,
    List<String> paths) {
  static final String ALL = "*";

  PolicyRule {
    verbs = List.copyOf(verbs);
    groups = List.copyOf(groups);
    resources = List.copyOf(resources);
    names = List.copyOf(names);
    paths = List.copyOf(paths);
  }

  static PolicyRule parse(JsonNode rule) {
    return new PolicyRule(
        Trees.texts(rule, "verbs"),
        Trees.texts(rule, "apiGroups"),
        Trees.texts(rule, "resources"),
        Trees.texts(rule, "resourceNames"),
        Trees.texts(rule, "nonResourceURLs"));
  }

  static List<PolicyRule> parseAll(JsonNode role) {
    return Trees.objects(role, "rules").stream().map(PolicyRule::parse).toList();
  }

  /** As it stands in a role; empty lists are left out. */
  ObjectNode toJson() {
    ObjectNode rule = Trees.object();
    put(rule, "apiGroups", groups);
    put(rule, "nonResourceURLs", paths);
    put(rule, "resourceNames", names);
    put(rule, "resources", resources);
    rule.set("verbs", Trees.strings(verbs));
    return rule;
  }

  private static void put(ObjectNode rule, String field, List<String> values) {
    if (!values.isEmpty()) {
      rule.set(field, Trees.strings(values));
    }
  }

  boolean allows(RequestAttributes request) {
    if (!has(verbs, request.verb())) {
      return false;
    }
    if (!request.isResource()) {
      return paths.stream().anyMatch(path -> covers(path, request.path()));
    }
    return has(groups, request.group())
        && allowsResource(request)
        && (names.isEmpty() || names.contains(request.name()));
  }

  private boolean allowsResource(RequestAttributes request) {
    String subresource = request.subresource();
    return has(resources, request.fullResource())
        || (!subresource.isEmpty() && resources.contains("*/" + subresource));
  }

  private static boolean has(List<String> values, String wanted) {
    return values.contains(ALL) || values.contains(wanted);
  }

  private static boolean covers(String pattern, String path) {
    return pattern.endsWith(ALL)
        ? path.startsWith(pattern.substring(0, pattern.length() - 1))
        : pattern.equals(path);
  }

  /** Rules with one verb, one group, one resource and at most one name that together are this. */
  List<PolicyRule> parts() {
    List<PolicyRule> parts = new ArrayList<>();
    for (String verb : verbs) {
      for (String path : paths) {
        parts.add(new PolicyRule(List.of(verb), List.of(), List.of(), List.of(), List.of(path)));
      }
      for (String group : groups) {
        for (String resource : resources) {
          if (names.isEmpty()) {
            parts.add(part(verb, group, resource, List.of()));
          }
          for (String name : names) {
            parts.add(part(verb, group, resource, List.of(name)));
          }
        }
      }
    }
    return parts;
  }

  private static PolicyRule part(String verb, String group, String resource, List<String> names) {
    return new PolicyRule(List.of(verb), List.of(group), List.of(resource), names, List.of());
  }

  /** Whether whoever has this rule has all that a {@linkplain #parts part} of another gives. */
  boolean coversPart(PolicyRule part) {
    return coversAll(verbs, part.verbs)
        && coversAll(groups, part.groups)
        && part.resources.stream().allMatch(this::coversResource)
        && part.paths.stream().allMatch(path -> paths.stream().anyMatch(own -> covers(own, path)))
        && (names.isEmpty() || (!part.names.isEmpty() && names.containsAll(part.names)));
  }

  private static boolean coversAll(List<String> own, List<String> wanted) {
    return own.contains(ALL) || own.containsAll(wanted);
  }

  private boolean coversResource(String resource) {
    int slash = resource.indexOf('/');
    return has(resources, resource)
        || (slash >= 0 && resources.contains("*" + resource.substring(slash)));
  }

  /** A rule about one resource of one group with at most one name: such rules can be merged. */
  boolean isSimple() {
    return groups.size() == 1 && resources.size() == 1 && names.size() <= 1 && paths.isEmpty();
  }

  PolicyRule withVerbs(List<String> more) {
    List<String> all = new ArrayList<>(verbs);
    all.addAll(more);
    return new PolicyRule(all, groups, resources, names, paths);
  }

  /** One line for messages, in the form that Kubernetes prints. */
  String compact() {
    List<String> fields = new ArrayList<>();
    show(fields, "APIGroups", groups);
    show(fields, "Resources", resources);
    show(fields, "NonResourceURLs", paths);
    show(fields, "ResourceNames", names);
    show(fields, "Verbs", verbs);
    return "{" + String.join(", ", fields) + "}";
  }

  private static void show(List<String> fields, String name, List<String> values) {
    if (!values.isEmpty()) {
      fields.add(name + ":" + quoted(values));
    }
  }

  static String quoted(List<String> values) {
    return values.stream()
        .map(value -> "\"" + value + "\"")
        .collect(Collectors.joining(" ", "[", "]"));
  }
}
