package dev.cocolab.rego.plan;

import dev.cocolab.rego.value.Value;
import java.util.List;

/** Steps that iterate. */
final class Sources {

  private Sources() {}

  /** One argument of a reference: either a key, or what each key is matched with. */
  sealed interface Argument {}

  /** A key that is known. */
  record Key(Node node) implements Argument {}

  /** Any key that matches. */
  record Open(Pattern pattern) implements Argument {}

  /** A reference with unbound variables; leaves each value it leads to in a slot. */
  record Reference(Start start, List<Argument> arguments, int slot) implements Step {
    @Override
    public boolean run(Frame frame, Next next) {
      return walk(frame, start.place(frame), 0, next);
    }

    private boolean walk(Frame frame, Documents.Place from, int index, Next next) {
      Documents.Place place = from;
      for (int i = index; i < arguments.size(); i++) {
        place = Documents.settle(frame.evaluation(), place);
        if (arguments.get(i) instanceof Key key) {
          Value name = key.node().eval(frame);
          if (!name.isDefined()) {
            return false;
          }
          place = Documents.down(place, name);
          if (place.node().isEmpty() && !place.base().isDefined()) {
            return false;
          }
        } else {
          Pattern pattern = ((Open) arguments.get(i)).pattern();
          int rest = i + 1;
          return Documents.visit(
              frame.evaluation(),
              place,
              (key, member) -> pattern.match(frame, key) && walk(frame, member, rest, next));
        }
      }
      Value value = Documents.value(frame.evaluation(), place);
      frame.set(slot, value);
      return value.isDefined() && next.go(frame);
    }
  }

  /** Where a reference starts. */
  @FunctionalInterface
  interface Start {
    Documents.Place place(Frame frame);
  }

  /** {@code some key, value in collection}. */
  record Members(Node collection, Pattern key, Pattern value) implements Step {
    @Override
    public boolean run(Frame frame, Next next) {
      return collection
          .eval(frame)
          .visit(
              (k, v) -> {
                frame.evaluation().charge(1);
                return key.match(frame, k) && value.match(frame, v) && next.go(frame);
              });
    }
  }
}
