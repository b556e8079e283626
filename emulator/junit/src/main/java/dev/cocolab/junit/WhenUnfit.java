package dev.cocolab.junit;

/** What happens to tests on a machine that cannot run the test double. */
public enum WhenUnfit {
  /** They are aborted with the reason, as by an assumption that does not hold. */
  ABORT,
  /** They fail with the reason. */
  FAIL
}
