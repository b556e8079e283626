package dev.cocolab.rego;

import java.util.Objects;

/**
 * A policy could not be read or evaluated.
 *
 * <p>The message starts with {@code <module>:<line>:<column>: } where the place is known.
 */
public final class RegoException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What kind of failure it is. */
  public enum Reason {
    /** The text is not Rego of the chosen dialect, or exceeds a limit on source text. */
    PARSE,
    /** The text is well formed, but a name, a kind of rule or the order of a body is wrong. */
    COMPILE,
    /** Evaluation failed: conflicting values, an error in a built-in function or an extension. */
    EVALUATION,
    /** Evaluation was stopped by a limit: steps, depth, or size of a value. */
    BUDGET
  }

  private final Reason reason;
  private final String module;
  private final int line;
  private final int column;
  private final String detail;

  /**
   * Makes an exception that points into a module.
   *
   * @param module file name, or an empty string where no module is concerned
   * @param line from 1, or 0 where unknown
   * @param column from 1, or 0 where unknown
   */
  public RegoException(Reason reason, String module, int line, int column, String detail) {
    super(place(module, line, column) + detail);
    this.reason = Objects.requireNonNull(reason, "reason");
    this.module = module;
    this.line = line;
    this.column = column;
    this.detail = detail;
  }

  /** As the other constructor, with the exception that caused this one. */
  public RegoException(
      Reason reason, String module, int line, int column, String detail, Throwable cause) {
    this(reason, module, line, column, detail);
    initCause(cause);
  }

  private static String place(String module, int line, int column) {
    return module.isEmpty() ? "" : module + ":" + line + ":" + column + ": ";
  }

  /** The kind of failure. */
  public Reason reason() {
    return reason;
  }

  /** File name of the module, empty where none is concerned. */
  public String module() {
    return module;
  }

  /** Line from 1; 0 where unknown. */
  public int line() {
    return line;
  }

  /** Column from 1, in code points; 0 where unknown. */
  public int column() {
    return column;
  }

  /** The message without the place. */
  public String detail() {
    return detail;
  }
}
