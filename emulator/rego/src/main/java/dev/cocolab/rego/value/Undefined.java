package dev.cocolab.rego.value;

/** The absence of a value. Never a member of a collection. */
public final class Undefined implements Value {

  /** The only instance. */
  public static final Undefined UNDEFINED = new Undefined();

  private Undefined() {}

  @Override
  public int rank() {
    return -1;
  }

  @Override
  public String typeName() {
    return "undefined";
  }

  @Override
  public boolean isDefined() {
    return false;
  }

  @Override
  public boolean holds() {
    return false;
  }

  @Override
  public int compareTo(Value other) {
    return Value.compareRanks(this, other);
  }

  @Override
  public String toString() {
    return "<undefined>";
  }
}
