package dev.cocolab.steps.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program of the tests in a JVM of its own, with the tests' class path. */
final class OwnProcess {
  private OwnProcess() {}

  /**
   * Not started yet.
   *
   * @param options of the JVM
   */
  static ProcessBuilder of(Class<?> program, List<String> options, String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    line.addAll(List.of(arguments));
    return new ProcessBuilder(line);
  }
}
