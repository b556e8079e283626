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
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean interactive;

  public Terminal(PrintStream out, PrintStream err, boolean interactive) {
    this.out = new PrintWriter(Objects.requireNonNull(out, "out"), true, StandardCharsets.UTF_8);
    this.err = new PrintWriter(Objects.requireNonNull(err, "err"), true, StandardCharsets.UTF_8);
    this.interactive = interactive;
  }

  /**
   * The process's own streams; the launcher says whether they lead to a terminal. Colour and moving
   * lines only where a person watches.
   */
  public static Terminal ofProcess(Map<String, String> environment) {
    boolean watched =
        Boolean.getBoolean("cocolab.terminal")
            && !"dumb".equals(environment.get("TERM"))
            && !environment.containsKey("CI")
            && !environment.containsKey("NO_COLOR");
    return new Terminal(System.out, System.err, watched);
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
}
