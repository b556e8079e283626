package dev.cocolab.rego.value;

/** {@code true} or {@code false}. */
public record BooleanValue(boolean value) implements Value {

  public static final BooleanValue TRUE = new BooleanValue(true);
  public static final BooleanValue FALSE = new BooleanValue(false);

  public static BooleanValue of(boolean value) {
    return value ? TRUE : FALSE;
  }

  @Override
  public int rank() {
    return 1;
  }

  @Override
  public String typeName() {
    return "boolean";
  }

  @Override
  public boolean holds() {
    return value;
  }

  @Override
  public int compareTo(Value other) {
    return other instanceof BooleanValue b
        ? Boolean.compare(value, b.value)
        : Value.compareRanks(this, other);
  }

  @Override
  public String toString() {
    return Boolean.toString(value);
  }
}
