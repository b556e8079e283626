package dev.cocolab.steps.workshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.cli.HomeFolder;
import dev.cocolab.fixtures.DatasetCipher;
import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's own commands, typed with an unmodified kubectl: they say what the guide shows. */
class WorkshopCommandsIT {
  private static final long LIMIT_MINUTES = 4;

  @TempDir private Path directory;

  @Test
  void theGuidesCommandsSayWhatTheGuideShows() throws Exception {
    assumeTrue(kubectlIsThere(), "kubectl is not on the PATH: the guide's commands were not typed");
    Path script = Files.write(directory.resolve("commands.sh"), resource("commands.sh"));
    List<Pattern> guide =
        new GuideText(new String(resource("expected.txt"), StandardCharsets.UTF_8)).patterns();
    byte[] key = DatasetCipher.generateKey(new SecureRandom());

    List<String> said;
    try (Machine machine =
            Machine.open(HomeFolder.open(System.getenv()), System.getenv(), line -> {});
        Lab lab = Lab.builder(machine).name("guide").start()) {
      lab.datasets().put(key);
      Files.write(directory.resolve("dataset_key"), key);
      Files.writeString(directory.resolve("kubeconfig"), lab.kubeconfig().toYaml());
      // Not lines(): the first bytes of the encrypted dataset may hold a carriage return.
      said = List.of(type(script).strip().split("\n"));
    }

    for (int i = 0; i < Math.min(said.size(), guide.size()); i++) {
      assertThat(said.get(i))
          .as("line %d of:%n%s", i + 1, String.join("\n", said))
          .matches(guide.get(i));
    }
    assertThat(said).hasSameSizeAs(guide);
  }

  private String type(Path script) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder("bash", script.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("KUBECONFIG", directory.resolve("kubeconfig").toString());
    builder.environment().put("HOME", directory.toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process shell = builder.start();
    boolean ended = shell.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
    shell.destroyForcibly();
    String text = Files.readString(output);
    assertThat(ended).as("end of the script within %d min:%n%s", LIMIT_MINUTES, text).isTrue();
    return text;
  }

  private static boolean kubectlIsThere() {
    try {
      Process kubectl =
          new ProcessBuilder("kubectl", "version", "--client")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return kubectl.waitFor(20, TimeUnit.SECONDS) && kubectl.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = WorkshopCommandsIT.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
