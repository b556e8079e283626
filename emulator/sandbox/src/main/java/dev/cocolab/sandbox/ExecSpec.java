package dev.cocolab.sandbox;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One more process in a container: with the container's user, capabilities, working directory and
 * namespaces.
 *
 * @param args program and arguments, at least one
 * @param env the whole environment
 * @param stdin whether there is an input; otherwise it is {@code /dev/null}
 * @param terminal the size of its terminal, if it gets one; input and both outputs are then the
 *     terminal, and everything is read from standard output
 */
public record ExecSpec(
    List<String> args, Map<String, String> env, boolean stdin, Optional<TerminalSize> terminal) {
  /** Checks that there is a program, and that no text could end early. */
  public ExecSpec {
    args = List.copyOf(args);
    env = Map.copyOf(env);
    Objects.requireNonNull(terminal, "terminal");
    if (args.isEmpty()) {
      throw new IllegalArgumentException("no program");
    }
    boolean cut =
        args.stream().anyMatch(ExecSpec::hasNul)
            || env.entrySet().stream()
                .anyMatch(entry -> hasNul(entry.getKey()) || hasNul(entry.getValue()));
    if (cut) {
      throw new IllegalArgumentException("NUL byte in arguments or environment");
    }
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  /** In characters. */
  public record TerminalSize(int rows, int columns) {
    private static final int MOST = 0xffff;

    /** Checks that the kernel can hold the numbers. */
    public TerminalSize {
      if (rows < 0 || rows > MOST || columns < 0 || columns > MOST) {
        throw new IllegalArgumentException("no size of a terminal: " + rows + "x" + columns);
      }
    }
  }
}
