package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;

/** What one evaluation may still spend. Confined to the evaluating thread. */
final class Budget {

  /** Levels of nested rules, terms and iterations; sized for the usual stack of one mebibyte. */
  static final int MAX_DEPTH = 1_000;

  /** Levels an iterating expression counts for: what follows in its body runs inside of it. */
  static final int ITERATION = 3;

  private final long steps;
  private long left;
  private int depth;

  Budget(long steps) {
    this.steps = steps;
    this.left = steps;
  }

  void charge(long units) {
    left -= units;
    if (left < 0) {
      throw exceeded("evaluation exceeds its budget of " + steps + " steps");
    }
  }

  void enter(int levels) {
    depth += levels;
    if (depth > MAX_DEPTH) {
      throw exceeded("evaluation nests too deeply");
    }
  }

  void leave(int levels) {
    depth -= levels;
  }

  static RegoException exceeded(String message) {
    return new RegoException(RegoException.Reason.BUDGET, "", 0, 0, message);
  }
}
