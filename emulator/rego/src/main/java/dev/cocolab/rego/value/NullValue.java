package dev.cocolab.rego.value;

/** The value {@code null}. */
public final class NullValue implements Value {

  /** The only instance. */
  public static final NullValue NULL = new NullValue();

  private NullValue() {}

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public String typeName() {
    return "null";
  }

  @Override
  public int compareTo(Value other) {
    return Value.compareRanks(this, other);
  }

  @Override
  public String toString() {
    return "null";
  }
}
