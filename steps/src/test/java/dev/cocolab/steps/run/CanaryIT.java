package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.HomeFolder;
import dev.cocolab.lab.LabWiring;
import dev.cocolab.lab.Machine;
import dev.cocolab.steps.record.Secrets;
import dev.cocolab.steps.run.CommandRun.Ended;
import dev.cocolab.steps.targets.emulator.EmulatorProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a run writes, no secret of it is there: neither in the report and what it is made of,
 * nor in recordings, on the screen, or in the most talkative log.
 */
class CanaryIT {
  private static final Path FEATURES =
      Path.of(System.getProperty("cocolab.root", "..")).resolve("features");
  private static final Logger OURS = Logger.getLogger("dev.cocolab");

  /** Scenarios that handle a secret each, by the words in their names. */
  private static final Map<String, String> SCENARIOS =
      Map.of(
          "An attested pod fetches the key, decrypts the dataset and scores it",
          "init-container/dataset_key.feature",
          "The traditional twin gets its key from a server that asks for no proof",
          "init-container/dataset_key.feature",
          "An address that has expired is named, and the key alone opens nothing",
          "init-container/unfit_keys.feature",
          "The attested guest fetches the credentials and pulls the private image",
          "blackbox/private_image.feature",
          "The attested application reads its key, the administrator a pointer",
          "sealed-secret/sealed_secret.feature");

  @TempDir private Path home;

  private final Everything log = new Everything();
  private Level level;

  @BeforeEach
  void listen() {
    level = OURS.getLevel();
    OURS.setLevel(Level.ALL);
    OURS.addHandler(log);
  }

  @AfterEach
  void stopListening() {
    OURS.removeHandler(log);
    OURS.setLevel(level);
  }

  @Test
  void noSecretOfARunIsInAnythingItWrites() throws IOException {
    Path junit = home.resolve("junit.xml");
    Path recordings = home.resolve("recorded");
    Map<String, String> written = new LinkedHashMap<>();
    Map<String, Secrets> secrets;
    try (Machine machine =
        Machine.open(HomeFolder.open(System.getenv()), System.getenv(), line -> {})) {
      WatchedTarget target = new WatchedTarget(EmulatorProvider.on(machine, LabWiring.regular()));
      List<String> arguments =
          new ArrayList<>(List.of("--junit", junit.toString(), "--record", recordings.toString()));
      arguments.addAll(locations());
      Ended ended = CommandRun.on(target, home).run(arguments.toArray(String[]::new));
      assertThat(ended.stdout()).contains(SCENARIOS.size() + " passed, 0 failed, 0 skipped");
      written.put("stdout", String.join("\n", ended.stdout()));
      written.put("stderr", ended.stderr());
      secrets = target.seen();
    }
    written.put("log", log.text());
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        written.put(
            home.relativize(file).toString(),
            Files.readString(file, StandardCharsets.ISO_8859_1)
                + new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      }
    }

    assertThat(secrets)
        .containsOnlyKeys(
            "client-key-data",
            "private key",
            "token",
            "dataset key",
            "SAS",
            "registry credentials",
            "registry password");
    assertThat(written)
        .containsKeys("stdout", "stderr", "log", "junit.xml", "reports/site/index.html");
    assertThat(written.keySet()).filteredOn(name -> name.startsWith("recorded/")).hasSize(5);
    List<String> leaks = new ArrayList<>();
    secrets.forEach(
        (what, values) ->
            written.forEach(
                (where, text) -> {
                  if (values.areIn(text)) {
                    leaks.add(what + " in " + where);
                  }
                }));
    assertThat(leaks).isEmpty();
  }

  private static List<String> locations() throws IOException {
    List<String> found = new ArrayList<>();
    for (Map.Entry<String, String> scenario : SCENARIOS.entrySet()) {
      Path file = FEATURES.resolve(scenario.getValue());
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).strip().equals("Scenario: " + scenario.getKey())) {
          found.add(file + ":" + (i + 1));
        }
      }
    }
    return found;
  }

  private static final class Everything extends Handler {
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

    Everything() {
      setFormatter(new SimpleFormatter());
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord line) {
      lines.add(getFormatter().format(line));
    }

    @Override
    public void flush() {
      // Nothing is held back.
    }

    @Override
    public void close() {
      // Nothing is open.
    }

    String text() {
      return String.join("", lines);
    }
  }
}
