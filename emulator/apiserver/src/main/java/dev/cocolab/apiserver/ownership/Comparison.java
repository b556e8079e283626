package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.TypeShape;
import dev.cocolab.apiserver.schema.TypeShape.Elements;
import dev.cocolab.apiserver.schema.TypeShape.Fields;
import dev.cocolab.apiserver.schema.TypeShape.Items;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * What a change did to the fields of an object.
 *
 * @param added fields that were not there before
 * @param modified fields that are there with another value
 * @param removed fields that are no longer there
 */
record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {

  static Comparison of(TypeShape shape, JsonNode before, JsonNode after) {
    Walk walk = new Walk();
    walk.compare(shape, Optional.of(before), Optional.of(after), FieldPath.ROOT);
    return new Comparison(walk.added.build(), walk.modified.build(), walk.removed.build());
  }

  Comparison filtered(UnaryOperator<FieldSet> filter) {
    return new Comparison(filter.apply(added), filter.apply(modified), filter.apply(removed));
  }

  FieldSet taken() {
    return modified.union(added);
  }

  private static final class Walk {
    private final FieldSet.Builder added = new FieldSet.Builder();
    private final FieldSet.Builder modified = new FieldSet.Builder();
    private final FieldSet.Builder removed = new FieldSet.Builder();

    /** At least one of the values is there. */
    void compare(
        TypeShape shape, Optional<JsonNode> before, Optional<JsonNode> after, FieldPath path) {
      TypeShape now = Shapes.of(shape, after.or(() -> before).orElseThrow());
      TypeShape then = Shapes.of(shape, before.or(() -> after).orElseThrow());
      boolean leaf;
      if (before.isPresent() && after.isPresent() && !now.getClass().equals(then.getClass())) {
        inside(then, before, after, path);
        leaf = inside(now, before, after, path);
      } else {
        leaf = inside(now, before, after, path);
      }
      if (!leaf) {
        if (before.isEmpty()) {
          added.add(path);
        } else if (after.isEmpty()) {
          removed.add(path);
        }
      }
    }

    /** Whether the value was compared as a whole. */
    private boolean inside(
        TypeShape shape, Optional<JsonNode> before, Optional<JsonNode> after, FieldPath path) {
      boolean empty = isEmpty(before) && isEmpty(after);
      if (shape instanceof Fields fields && !fields.atomic() && !empty) {
        fields(fields, before, after, path);
        return false;
      }
      if (shape instanceof Items items && items.elements() != Elements.ATOMIC && !empty) {
        items(items, before, after, path);
        return false;
      }
      leaf(before, after, path);
      return true;
    }

    private static boolean isEmpty(Optional<JsonNode> value) {
      return value.map(v -> v.isNull() || (v.isContainer() && v.isEmpty())).orElse(true);
    }

    private void leaf(Optional<JsonNode> before, Optional<JsonNode> after, FieldPath path) {
      if (before.isEmpty()) {
        added.add(path);
      } else if (after.isEmpty()) {
        removed.add(path);
      } else if (!PlainValues.same(before.get(), after.get())) {
        modified.add(path);
      }
    }

    private void fields(
        Fields fields, Optional<JsonNode> before, Optional<JsonNode> after, FieldPath path) {
      TreeSet<String> names = new TreeSet<>();
      before.ifPresent(object -> names.addAll(object.propertyNames()));
      after.ifPresent(object -> names.addAll(object.propertyNames()));
      for (String name : names) {
        compare(
            Shapes.at(fields, name),
            before.map(object -> object.path(name)).filter(value -> !value.isMissingNode()),
            after.map(object -> object.path(name)).filter(value -> !value.isMissingNode()),
            path.then(PathElement.name(name)));
      }
    }

    private void items(
        Items items, Optional<JsonNode> before, Optional<JsonNode> after, FieldPath path) {
      ListItems.Indexed old = ListItems.index(items, before.orElseGet(Trees::array));
      ListItems.Indexed young = ListItems.index(items, after.orElseGet(Trees::array));
      TreeSet<PathElement> steps = new TreeSet<>(old.elements().keySet());
      steps.addAll(young.elements().keySet());
      for (PathElement step : steps) {
        item(items.element().get(), old.all(step), young.all(step), path.then(step));
      }
    }

    /** Duplicates are compared together, as one value. */
    private void item(
        TypeShape shape, List<JsonNode> before, List<JsonNode> after, FieldPath path) {
      if (before.size() <= 1 && after.size() <= 1) {
        compare(shape, before.stream().findFirst(), after.stream().findFirst(), path);
      } else if (before.size() > 1 && after.size() > 1) {
        if (!before.equals(after)) {
          modified.add(path);
        }
      } else if (before.size() > 1) {
        after.stream()
            .findFirst()
            .ifPresent(value -> compare(shape, Optional.empty(), Optional.of(value), path));
        removed.add(path);
      } else {
        before.stream()
            .findFirst()
            .ifPresent(value -> compare(shape, Optional.of(value), Optional.empty(), path));
        added.add(path);
      }
    }
  }
}
