package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bench itself, small: it keeps true that pods leave nothing behind. */
class PodsBenchTest {
  /** Kept between runs, since it holds images that take some seconds to build. */
  private static final Path HOME = Path.of("../../target/test-home").toAbsolutePath().normalize();

  @Test
  void podsThatComeAndGoLeaveNothing() throws IOException {
    Files.createDirectories(HOME);
    List<String> unfit =
        new MachineChecks(HOME, System.getenv())
            .all().stream().filter(check -> check.unfit().isPresent()).map(Check::finding).toList();
    assumeTrue(unfit.isEmpty(), () -> "labs do not work here: " + unfit);
    try (Machine machine = Machine.open(HOME, System.getenv(), line -> {});
        Lab lab = Lab.builder(machine).name("bench").start()) {
      PodsBench.Result result = new PodsBench(HOME, lab, Duration.ZERO, line -> {}).run(3, 6);

      assertThat(result.leaked()).isEmpty();
      assertThat(result.total()).isEqualTo(6);
      assertThat(result.each().helpers()).as("bytes").isBetween(1L << 20, 64L << 20);
      assertThat(result.each().containers()).as("bytes").isPositive();
      JsonNode json = JsonMapper.shared().readTree(new PodsReport(result).json());
      assertThat(json.path("pods").asInt()).isEqualTo(3);
      assertThat(json.path("leaked").isEmpty()).isTrue();
      assertThat(new PodsReport(result).text())
          .startsWith("3 confidential pods at once: all Running after ")
          .endsWith("nothing leaked");
    }
  }

  @Test
  void tellsWhatHasGrown(@TempDir Path folder) throws Exception {
    Footprint before = Footprint.take(List.of(folder));
    Files.createFile(folder.resolve("left"));
    Process process = new ProcessBuilder("sleep", "100").start();
    try (var open = Files.newInputStream(folder.resolve("left"))) {
      Footprint after = Footprint.take(List.of(folder));

      assertThat(after.grownSince(before))
          .containsEntry("files: left", "0 -> 1")
          .containsEntry("processes: sleep", "0 -> 1")
          .containsKey("descriptors: " + folder.resolve("left").toString().replaceAll("\\d+", "*"));
      assertThat(after.grownSince(after)).isEqualTo(Map.of());
      assertThat(after.least(before).grownSince(before)).isEmpty();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
