package dev.cocolab.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Starts {@code up} in a process of its own session, so that neither the terminal's end nor its
 * Ctrl-C reaches the lab, and returns when that process says READY.
 */
final class DetachedLab {
  private static final int SHOWN_LINES = 10;

  private final Terminal terminal;
  private final Map<String, String> environment;
  private final LabDirectory directory;

  DetachedLab(Terminal terminal, Map<String, String> environment, LabDirectory directory) {
    this.terminal = terminal;
    this.environment = environment;
    this.directory = directory;
  }

  /**
   * Starts it.
   *
   * @param options of {@code up}, paths among them absolute
   */
  int start(List<String> options) throws IOException, InterruptedException {
    // Taken and given back at once: makes the folder, and tells a running lab from a free name.
    directory.tryHold().orElseThrow(() -> UpCommand.alreadyRunning(directory)).close();
    ProcessBuilder builder = new ProcessBuilder(command(options));
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectError(directory.log().toFile());
    terminal.tell(
        "starting lab '%s'; its progress is in %s".formatted(directory.name(), directory.log()));
    Process process = launch(builder);
    // A start that is interrupted here must not go on unseen; a lab that is ready stays.
    AtomicBoolean ended = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (!ended.get()) {
                    process.destroy();
                  }
                },
                "cocolab-signal"));
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("READY ")) {
          ended.set(true);
          terminal.print(line);
          return ExitCode.OK.code();
        }
      }
    }
    int code = process.waitFor();
    ended.set(true);
    try (Stream<String> log = Files.lines(directory.log(), StandardCharsets.UTF_8)) {
      List<String> lines = log.toList();
      lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()).forEach(terminal::tell);
    }
    return code == 0 ? ExitCode.NOT_SO.code() : code;
  }

  private static Process launch(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNFIT,
          "cannot start %s (%s); './cocolab doctor' names what is missing"
              .formatted(builder.command().get(0), e.getMessage()),
          e);
    }
  }

  private List<String> command(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add("setsid");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CocoLab.class.getName());
    command.addAll(List.of("up", "--lab", directory.name()));
    command.addAll(options);
    return command;
  }
}
