package dev.cocolab.apiserver.schema;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What server-side apply has to know about a value: which parts of it have owners of their own.
 * Inner shapes are looked up when they are needed, since structures may contain themselves.
 */
public sealed interface TypeShape {

  /** What a plain value may be. */
  enum Primitive {
    STRING,
    NUMBER,
    BOOLEAN,
    /** Any plain value. */
    ANY
  }

  /** How the elements of a list are told apart. */
  enum Elements {
    /** Not at all: the list is one value. */
    ATOMIC,
    /** By the values of their key fields. */
    KEYED,
    /** By themselves. */
    SET
  }

  /** A plain value. */
  record Scalar(Primitive primitive) implements TypeShape {}

  /**
   * A structure or a map.
   *
   * @param atomic whether it is owned as one value
   * @param declared shapes of the fields that the type names
   * @param others shape of the values under all other names; empty where there may be none
   */
  record Fields(
      boolean atomic,
      Function<String, Optional<TypeShape>> declared,
      Supplier<Optional<TypeShape>> others)
      implements TypeShape {

    /** Shape of the value under a name; empty when the type does not know the name. */
    public Optional<TypeShape> at(String name) {
      return declared.apply(name).or(others);
    }

    public boolean declares(String name) {
      return declared.apply(name).isPresent();
    }
  }

  /**
   * A list.
   *
   * @param elements how elements are told apart
   * @param keys key fields of {@link Elements#KEYED}
   * @param keyDefault value of a key field that an element leaves out; "" when it may not
   * @param element shape of the elements
   */
  record Items(
      Elements elements,
      List<String> keys,
      Function<String, String> keyDefault,
      Supplier<TypeShape> element)
      implements TypeShape {
    public Items {
      keys = List.copyOf(keys);
    }
  }

  /** Nothing is known: maps have owners by name, lists are one value. */
  record Unknown() implements TypeShape {}
}
