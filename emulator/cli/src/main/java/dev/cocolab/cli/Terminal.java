package dev.cocolab.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * The two streams of a command, and whether somebody is watching. Text is UTF-8 whatever the locale
 * says, so that a machine without a UTF-8 locale prints the same bytes.
 */
public final class Terminal {
  /** Where nobody knows better. */
  private static final int COLUMNS = 80;

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean interactive;
  private final int columns;

  public Terminal(PrintStream out, PrintStream err, boolean interactive) {
    this(out, err, interactive, COLUMNS);
  }

  /**
   * A terminal of known width.
   *
   * @param columns characters in a line; 80 is taken where it is not positive, as terminals say 0
   *     that do not know
   */
  public Terminal(PrintStream out, PrintStream err, boolean interactive, int columns) {
    this.out = new PrintWriter(Objects.requireNonNull(out, "out"), true, StandardCharsets.UTF_8);
    this.err = new PrintWriter(Objects.requireNonNull(err, "err"), true, StandardCharsets.UTF_8);
    this.interactive = interactive;
    this.columns = columns > 0 ? columns : COLUMNS;
  }

  /**
   * The process's own streams; the launcher says whether they lead to a terminal, and how wide that
   * is. Colour and moving lines only where a person watches.
   */
  public static Terminal ofProcess(Map<String, String> environment) {
    boolean watched =
        Boolean.getBoolean("cocolab.terminal")
            && !"dumb".equals(environment.get("TERM"))
            && !environment.containsKey("CI")
            && !environment.containsKey("NO_COLOR");
    return new Terminal(
        System.out, System.err, watched, Integer.getInteger("cocolab.columns", COLUMNS));
  }

  /** Data. */
  public void print(String line) {
    out.println(line);
    out.flush();
  }

  /** Progress and complaints. */
  public void tell(String line) {
    err.println(line);
    err.flush();
  }

  public PrintWriter out() {
    return out;
  }

  public PrintWriter err() {
    return err;
  }

  /** True when a person watches: progress lines may be coloured. */
  public boolean interactive() {
    return interactive;
  }

  /** Characters in a line, as it was when the process started. */
  public int columns() {
    return columns;
  }
}
