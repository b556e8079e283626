package dev.cocolab.operators.control;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;

/**
 * Label selectors (meta/v1). A selector without any requirement matches nothing, as controllers
 * want it.
 */
public record Selector(Map<String, String> labels, List<LabelSelectorRequirement> expressions) {

  public Selector {
    labels = Map.copyOf(labels);
    expressions = List.copyOf(expressions);
  }

  public static Selector of(LabelSelector selector) {
    if (selector == null) {
      return new Selector(Map.of(), List.of());
    }
    return new Selector(
        selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels(),
        selector.getMatchExpressions() == null ? List.of() : selector.getMatchExpressions());
  }

  public static Selector ofLabels(Map<String, String> labels) {
    return new Selector(labels == null ? Map.of() : labels, List.of());
  }

  public boolean isEmpty() {
    return labels.isEmpty() && expressions.isEmpty();
  }

  public boolean matches(Map<String, String> candidate) {
    if (isEmpty()) {
      return false;
    }
    Map<String, String> present = candidate == null ? Map.of() : candidate;
    return labels.entrySet().stream().allMatch(e -> e.getValue().equals(present.get(e.getKey())))
        && expressions.stream().allMatch(e -> satisfied(e, present));
  }

  private static boolean satisfied(
      LabelSelectorRequirement requirement, Map<String, String> present) {
    String value = present.get(requirement.getKey());
    List<String> values = requirement.getValues() == null ? List.of() : requirement.getValues();
    return switch (requirement.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }
}
