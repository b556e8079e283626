package dev.cocolab.cli;

import java.nio.file.Path;
import java.util.Map;

/** A {@link Screen} for tests of other packages, with a home folder of its own. */
public final class CommandScreen {
  private final Screen screen;

  /**
   * A screen.
   *
   * @param home folder below which the commands keep what they keep
   */
  public CommandScreen(Path home) {
    screen = new Screen(Map.of("COCOLAB_HOME", home.resolve("home").toString()));
  }

  /** Runs a command line; returns its exit code. */
  public int run(String... arguments) {
    return screen.run(arguments);
  }

  /** What was printed on standard output. */
  public String out() {
    return screen.out();
  }

  /** What was printed on standard error. */
  public String err() {
    return screen.err();
  }
}
