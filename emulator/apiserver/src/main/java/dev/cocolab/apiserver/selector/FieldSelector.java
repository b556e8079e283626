package dev.cocolab.apiserver.selector;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A field selector as it stands in a query: {@code status.phase=Running,spec.nodeName!=n1}. Which
 * fields a kind can be selected by is fixed; any other is refused with 400.
 *
 * @param terms all must hold
 */
public record FieldSelector(List<Term> terms) {
  public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

  private static final Set<String> ALWAYS = Set.of("metadata.name", "metadata.namespace");
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "pods",
          Set.of(
              "spec.nodeName",
              "spec.restartPolicy",
              "spec.schedulerName",
              "spec.serviceAccountName",
              "spec.hostNetwork",
              "status.phase",
              "status.podIP",
              "status.nominatedNodeName"),
          "events",
          Set.of(
              "involvedObject.kind",
              "involvedObject.namespace",
              "involvedObject.name",
              "involvedObject.uid",
              "involvedObject.apiVersion",
              "involvedObject.resourceVersion",
              "involvedObject.fieldPath",
              "reason",
              "reportingComponent",
              "source",
              "type"),
          "namespaces",
          Set.of("status.phase"),
          "nodes",
          Set.of("spec.unschedulable"),
          "secrets",
          Set.of("type"),
          "services",
          Set.of("spec.clusterIP", "spec.type"),
          "replicasets.apps",
          Set.of("status.replicas"),
          "jobs.batch",
          Set.of("status.successful"));

  /** One condition on one field. */
  public record Term(String field, boolean equal, String value) {}

  public FieldSelector {
    terms = List.copyOf(terms);
  }

  /** Parses and checks the fields; throws {@link ApiException} 400. */
  public static FieldSelector parse(String text, ResourceType type) {
    List<Term> terms = new ArrayList<>();
    for (String part : text.split("(?<!\\\\),", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      Term term = term(part);
      if (!supports(type, term.field())) {
        throw ApiException.badRequest(unsupported(type, term.field()));
      }
      terms.add(term);
    }
    return terms.isEmpty() ? EVERYTHING : new FieldSelector(terms);
  }

  /** Kinds that can be selected by name alone are refused in other words than the others. */
  private static String unsupported(ResourceType type, String field) {
    return FIELDS.containsKey(type.storageName()) || type.custom().isPresent()
        ? "field label not supported: " + field
        : "\""
            + field
            + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
  }

  private static Term term(String part) {
    int equals = part.indexOf('=');
    if (equals <= 0) {
      throw ApiException.badRequest(
          "invalid selector: '" + part + "'; can't understand '" + part + "'");
    }
    boolean not = part.charAt(equals - 1) == '!';
    int valueStart = part.startsWith("==", equals) ? equals + 2 : equals + 1;
    return new Term(
        part.substring(0, not ? equals - 1 : equals),
        !not,
        part.substring(valueStart).replaceAll("\\\\(.)", "$1"));
  }

  /**
   * The one name that a selector leaves, of whatever kind; "" when it leaves several or is no
   * selector.
   */
  public static String exactName(String text) {
    for (String part : text.split("(?<!\\\\),", -1)) {
      if (part.indexOf('=') > 0) {
        Term term = term(part);
        if (term.equal() && term.field().equals("metadata.name")) {
          return term.value();
        }
      }
    }
    return "";
  }

  private static boolean supports(ResourceType type, String field) {
    return ALWAYS.contains(field)
        || FIELDS.getOrDefault(type.storageName(), Set.of()).contains(field)
        || type.custom()
            .map(custom -> custom.selectableFields().contains("." + field))
            .orElse(false);
  }

  public boolean matches(JsonNode object) {
    for (Term term : terms) {
      if (valueOf(object, term.field()).equals(term.value()) != term.equal()) {
        return false;
      }
    }
    return true;
  }

  private static String valueOf(JsonNode object, String field) {
    JsonNode value =
        field.equals("source")
            ? Trees.at(object, "source", "component")
            : Trees.at(object, field.split("\\.", -1));
    if (field.equals("status.successful")) {
      value = Trees.at(object, "status", "succeeded");
    }
    if (value.isMissingNode() || value.isNull()) {
      return switch (field) {
        case "spec.unschedulable", "spec.hostNetwork" -> "false";
        case "status.replicas", "status.successful" -> "0";
        default -> "";
      };
    }
    return value.asString("");
  }
}
