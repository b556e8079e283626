package dev.cocolab.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the workflows promise, as far as it can be seen without GitHub: their scripts are run here.
 */
class WorkflowsTest {
  private static final Path FOLDER = Path.of("..", ".github", "workflows");
  private static final Pattern PINNED =
      Pattern.compile("\\s+uses: [\\w./-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");

  @TempDir Path work;

  static List<Path> workflows() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".yml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void pinsActionsByCommit(Path workflow) throws IOException {
    List<String> uses =
        Files.readAllLines(workflow).stream().filter(line -> line.contains("uses:")).toList();

    assertThat(uses).isNotEmpty().allMatch(line -> PINNED.matcher(line).matches());
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void asksForNoMoreThanItNeeds(Path workflow) throws IOException {
    String text = Files.readString(workflow);

    assertThat(text).doesNotContain("pull_request_target", "secrets.", "write-all");
    assertThat(map(read(workflow), "permissions")).isEqualTo(Map.of("contents", "read"));
    assertThat(map(read(workflow), "jobs").values())
        .allMatch(job -> ((Map<?, ?>) job).containsKey("timeout-minutes"));
  }

  @Test
  void neverCancelsWhatUsesAzureAndAlwaysSweeps() throws IOException {
    for (String name : List.of("nightly.yml", "azure-sweep.yml")) {
      assertThat(map(read(FOLDER.resolve(name)), "concurrency"))
          .containsEntry("cancel-in-progress", false);
      // Without this name GitHub's bash has no pipefail, and `| tee` would hide each exit code.
      assertThat(map(map(read(FOLDER.resolve(name)), "defaults"), "run"))
          .containsEntry("shell", "bash");
    }
    Map<String, Object> sweep = step("sweep");

    assertThat(sweep).containsEntry("if", "always()");
    assertThat((String) sweep.get("run")).contains("./cocolab azure sweep |");
    List<String> ids =
        steps("nightly").stream().map(step -> String.valueOf(step.get("id"))).toList();
    assertThat(ids.indexOf("sweep")).isGreaterThan(ids.indexOf("run"));
  }

  /** The scenarios' exit code 1 is the product's; 4 is Azure's; nothing else says anything. */
  @ParameterizedTest
  @CsvSource({
    "0,0,0,passed",
    "0,1,0,product-failed",
    "0,1,4,product-failed",
    "0,4,0,azure-failed",
    "4,'',0,azure-failed",
    "0,0,4,azure-failed",
    "0,0,'',azure-failed",
    "2,'',2,broken",
    "0,3,0,broken",
    "0,130,0,broken",
    "0,'',0,broken",
    "'','','',broken"
  })
  void tellsAzuresFailuresFromTheProducts(
      String preflight, String run, String sweep, String verdict) throws Exception {
    Files.writeString(work.resolve("run.txt"), "1 passed, 0 failed, 0 skipped\n");

    bash(step("verdict"), Map.of("PREFLIGHT", preflight, "RUN", run, "SWEEP", sweep));

    assertThat(work.resolve("output")).hasContent("verdict=" + verdict);
    assertThat(work.resolve("summary"))
        .content()
        .startsWith("## " + verdict)
        .contains("1 passed, 0 failed, 0 skipped");
  }

  /**
   * Red and green of the two jobs that only judge; the product is not judged where Azure failed.
   */
  @ParameterizedTest
  @CsvSource({
    "passed,0,0,0",
    "product-failed,0,0,1",
    "product-failed,4,4,1",
    "azure-failed,0,4,",
    "azure-failed,4,4,",
    "broken,0,2,",
    "'','',2,"
  })
  void showsInTwoJobsWhoseFaultItIs(String verdict, String sweep, int azure, Integer product)
      throws Exception {
    Map<String, String> environment = Map.of("VERDICT", verdict, "SWEEP", sweep);

    assertThat(run(step("azure", "judge"), environment)).isEqualTo(azure);
    if (product != null) {
      assertThat(run(step("product", "judge"), environment)).isEqualTo(product);
    }
  }

  @ParameterizedTest
  @CsvSource({"preflight,4", "preflight,0", "run,1", "run,4", "run,0", "sweep,4"})
  void keepsTheExitCodeOfWhatItPrints(String id, int code) throws Exception {
    Path launcher = work.resolve("cocolab");
    Files.writeString(launcher, "#!/bin/sh\necho said; exit " + code + "\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();

    bash(step(id), Map.of());

    assertThat(work.resolve("output")).hasContent("exit=" + code);
    assertThat(work.resolve(id + ".txt")).hasContent("said");
  }

  private void bash(Map<String, Object> step, Map<String, String> environment) throws Exception {
    assertThat(run(step, environment)).as(Files.readString(work.resolve("said"))).isZero();
  }

  private int run(Map<String, Object> step, Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", (String) step.get("run"))
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("said").toFile());
    builder.environment().putAll(environment);
    builder.environment().put("GITHUB_OUTPUT", work.resolve("output").toString());
    builder.environment().put("GITHUB_STEP_SUMMARY", work.resolve("summary").toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue();
  }

  private static Map<String, Object> step(String id) throws IOException {
    return step("nightly", id);
  }

  private static Map<String, Object> step(String job, String id) throws IOException {
    return steps(job).stream().filter(step -> id.equals(step.get("id"))).findFirst().orElseThrow();
  }

  private static List<Map<String, Object>> steps(String name) throws IOException {
    Map<String, Object> job = map(map(read(FOLDER.resolve("nightly.yml")), "jobs"), name);
    List<Map<String, Object>> steps = new ArrayList<>();
    for (Object step : (List<?>) job.get("steps")) {
      steps.add(strings((Map<?, ?>) step));
    }
    return steps;
  }

  private static Map<String, Object> read(Path workflow) throws IOException {
    return strings(Serialization.unmarshal(Files.readString(workflow), Map.class));
  }

  private static Map<String, Object> map(Map<String, Object> parent, String name) {
    return strings((Map<?, ?>) parent.get(name));
  }

  private static Map<String, Object> strings(Map<?, ?> map) {
    Map<String, Object> result = new java.util.LinkedHashMap<>();
    map.forEach((key, value) -> result.put(String.valueOf(key), value));
    return result;
  }
}
