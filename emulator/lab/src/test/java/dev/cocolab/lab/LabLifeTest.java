package dev.cocolab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Labs one after the other in one JVM. */
class LabLifeTest {
  /** Kept between runs, since it holds images that take some seconds to build. */
  private static final Path HOME = Path.of("../../target/test-home").toAbsolutePath().normalize();

  /** Pools of the machine and of the JVM, which come and go whichever lab uses them. */
  private static final List<String> SHARED =
      List.of(
          "vert.x-",
          "process reaper",
          "ForkJoinPool.commonPool",
          "CompletableFuture",
          "globalEventExecutor",
          "awaitility");

  private static final int LABS = 5;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @BeforeEach
  void machineIsFit() throws Exception {
    Files.createDirectories(HOME);
    List<String> unfit =
        new MachineChecks(HOME, System.getenv())
            .all().stream().filter(check -> check.unfit().isPresent()).map(Check::finding).toList();
    assumeTrue(unfit.isEmpty(), () -> "labs do not work here: " + unfit);
  }

  @Test
  void closedLabsLeaveNoThreadDescriptorPortOrFile() throws Exception {
    try (Machine machine = Machine.open(HOME, System.getenv(), line -> {})) {
      startAndClose(machine);
      OwnResources first = OwnResources.now();
      for (int i = 1; i < LABS; i++) {
        startAndClose(machine);
        assertThat(OwnResources.now().listening()).isEmpty();
      }
      Awaitility.await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                OwnResources last = OwnResources.now();
                assertThat(more(last.descriptors(), first.descriptors())).isEmpty();
                assertThat(more(last.threads(), first.threads())).isEmpty();
              });
    }
    String own = Long.toString(ProcessHandle.current().pid());
    try (var left = Files.walk(HOME)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith(own + "-")))
          .isEmpty();
    }
  }

  private static void startAndClose(Machine machine) {
    long closing;
    try (Lab lab = Lab.builder(machine).start()) {
      assertThat(lab.client(Persona.ADMIN).nodes().list().getItems()).hasSize(1);
      closing = System.nanoTime();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(LIMIT);
  }

  private static Map<String, Long> more(Map<String, Long> last, Map<String, Long> first) {
    return last.entrySet().stream()
        .filter(entry -> SHARED.stream().noneMatch(entry.getKey()::startsWith))
        .filter(entry -> entry.getValue() > first.getOrDefault(entry.getKey(), 0L))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
