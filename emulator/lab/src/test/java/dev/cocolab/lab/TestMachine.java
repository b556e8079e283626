package dev.cocolab.lab;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The machine that tests have in common, where labs work at all. */
final class TestMachine {
  private static final Path HOME = Path.of("../../target/test-home").toAbsolutePath().normalize();

  private TestMachine() {}

  /** Opens it, or skips the test with what this machine lacks; the caller closes it. */
  static Machine open() {
    try {
      Files.createDirectories(HOME);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> unfit =
        new MachineChecks(HOME, System.getenv())
            .all().stream().filter(check -> check.unfit().isPresent()).map(Check::finding).toList();
    assumeTrue(unfit.isEmpty(), () -> "labs do not work here: " + unfit);
    return Machine.open(HOME, System.getenv(), line -> {});
  }
}
