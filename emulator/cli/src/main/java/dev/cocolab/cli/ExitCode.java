package dev.cocolab.cli;

/** What each exit code of {@code cocolab} means; a script may rely on it. */
public enum ExitCode {
  /** Done as asked. */
  OK(0),
  /** Checked, and it is not so: a scenario failed, evidence was refused, no lab runs. */
  NOT_SO(1),
  /** Wrong usage, or input that cannot be read. */
  USAGE(2),
  /** This machine is not fit: namespaces, tools, disk, port. */
  UNFIT(3),
  /** The target does not answer. */
  UNREACHABLE(4),
  /** Interrupted by the user. */
  INTERRUPTED(130);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
