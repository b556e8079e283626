package dev.cocolab.apiserver.ownership;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A way into an object; its text is as in messages: {@code .spec.containers[name="c"].image}. */
public record FieldPath(List<PathElement> elements) {
  public static final FieldPath ROOT = new FieldPath(List.of());

  public FieldPath {
    elements = List.copyOf(elements);
  }

  /** A path of names. */
  public static FieldPath of(String... names) {
    List<PathElement> elements = new ArrayList<>();
    for (String name : names) {
      elements.add(PathElement.name(name));
    }
    return new FieldPath(elements);
  }

  FieldPath then(PathElement element) {
    List<PathElement> longer = new ArrayList<>(elements);
    longer.add(element);
    return new FieldPath(longer);
  }

  @Override
  public String toString() {
    return elements.stream().map(PathElement::toString).collect(Collectors.joining());
  }
}
