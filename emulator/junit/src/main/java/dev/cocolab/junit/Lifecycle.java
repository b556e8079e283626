package dev.cocolab.junit;

/** How long a test double lives. */
public enum Lifecycle {
  /** One for a test class and the classes nested in it. */
  PER_CLASS,
  /** A new one for each test method. */
  PER_METHOD
}
