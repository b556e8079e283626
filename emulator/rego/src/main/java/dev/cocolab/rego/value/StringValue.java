package dev.cocolab.rego.value;

/** A string, ordered by code points. */
public record StringValue(String value) implements Value {

  @Override
  public int rank() {
    return 3;
  }

  @Override
  public String typeName() {
    return "string";
  }

  @Override
  public long weight() {
    return 1L + value.length() / 8;
  }

  @Override
  public int compareTo(Value other) {
    return other instanceof StringValue s
        ? compareCodePoints(value, s.value)
        : Value.compareRanks(this, other);
  }

  /** UTF-16 order differs from that of code points where surrogates meet U+E000 to U+FFFF. */
  private static int compareCodePoints(String left, String right) {
    int shorter = Math.min(left.length(), right.length());
    for (int i = 0; i < shorter; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean surrogateA = Character.isSurrogate(a);
        return surrogateA == Character.isSurrogate(b)
            ? Character.compare(a, b)
            : surrogateA ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  @Override
  public String toString() {
    return ValueText.quoted(value);
  }
}
