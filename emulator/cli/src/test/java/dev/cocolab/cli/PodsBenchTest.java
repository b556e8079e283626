package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
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
      PodsBench.Result result = new PodsBench(HOME, lab, line -> {}).run(3, 6);

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
  void doesNotCountWhatAPoolHolds() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Footprint before = Footprint.take(List.of(), 1);
      try (Socket one = new Socket(server.getInetAddress(), server.getLocalPort());
          Socket other = server.accept()) {
        assertThat(one.isConnected() && other.isConnected()).isTrue();
        assertThat(Footprint.take(List.of(), 1).grownSince(before))
            .containsOnlyKeys("descriptors: socket:*");
        assertThat(Footprint.take(List.of(), server.getLocalPort()).grownSince(before)).isEmpty();
      }
    }
  }

  @Test
  void tellsWhatHasGrown(@TempDir Path folder) throws Exception {
    Footprint before = Footprint.take(List.of(folder), 1);
    Files.createFile(folder.resolve("left"));
    Process process = new ProcessBuilder("sleep", "100").start();
    try (var open = Files.newInputStream(folder.resolve("left"))) {
      Footprint after = Footprint.take(List.of(folder), 1);

      assertThat(after.grownSince(before))
          .containsEntry("files: left", "0 -> 1")
          .containsEntry("processes: sleep", "0 -> 1")
          .containsKey("descriptors: " + folder.resolve("left").toString().replaceAll("\\d+", "*"));
      assertThat(after.grownSince(after)).isEqualTo(Map.of());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
