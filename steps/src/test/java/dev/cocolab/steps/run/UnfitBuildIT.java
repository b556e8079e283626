package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.cocolab.lab.OtherCluster;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * {@code mvn verify -Dcocolab.target=T}: the suite that failsafe runs, in a process of its own, as
 * failsafe runs it. A target that was named and is not fit makes the build red.
 */
@Timeout(180)
class UnfitBuildIT {
  @TempDir private Path folder;

  /** What failsafe does with the suite: runs it, and is red when anything in it failed. */
  static final class Build {
    private Build() {}

    public static void main(String[] arguments) {
      SummaryGeneratingListener heard = new SummaryGeneratingListener();
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(selectClass("dev.cocolab.steps.RunScenariosIT"))
                  .build(),
              heard);
      heard.getSummary().printTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
      heard.getSummary().printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
      System.exit(heard.getSummary().getTotalFailureCount() == 0 ? 0 : 1);
    }
  }

  private record Ended(int code, String output) {}

  private Ended build(String target, Path kubeconfig) throws Exception {
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        OwnProcess.of(
            Build.class,
            List.of(
                "-Dcocolab.target=" + target,
                "-Dcocolab.root=" + System.getProperty("cocolab.root", ".."),
                "-Dcocolab.site=" + folder.resolve("site"),
                "-Dcocolab.recordings=" + folder.resolve("recordings"),
                "-Dallure.results.directory=" + folder.resolve("results")));
    builder.environment().put("COCOLAB_HOME", folder.resolve("home").toString());
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
      return new Ended(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void anUnfitClusterThatWasNamedMakesTheBuildRed() throws Exception {
    try (OtherCluster bare = new OtherCluster(folder, false, false)) {
      Ended ended = build("cluster", bare.kubeconfig());

      assertThat(ended.code()).as(ended.output()).isEqualTo(1);
      assertThat(ended.output())
          .contains("lacks the RuntimeClass kata-remote, peer-pods-cm in ")
          .containsPattern("\\b0 tests successful");
    }
  }

  @Test
  void aClusterThatCannotBeReadMakesTheBuildRed() throws Exception {
    Ended ended = build("cluster", folder.resolve("absent"));

    assertThat(ended.code()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output()).contains("/absent");
  }
}
