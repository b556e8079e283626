package dev.cocolab.cli.bench;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * A program of ours in a process and session of its own, so that Ctrl-C reaches only the command,
 * which then ends it. It ends by itself when its input ends, which is when the command has gone.
 */
final class ChildProcess implements AutoCloseable {
  private static final long END_SECONDS = 5;

  private final Process process;
  private final BufferedReader out;
  private final Writer in;
  private final Path complaints;

  private ChildProcess(Process process, Path complaints) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.complaints = complaints;
  }

  /**
   * Starts a program.
   *
   * @param program a class with {@code main}
   * @param options of the Java runtime
   * @param complaints file for its standard error
   */
  static ChildProcess start(
      Class<?> program,
      List<String> options,
      List<String> arguments,
      Map<String, String> environment,
      Path complaints) {
    List<String> command = new ArrayList<>();
    command.add("setsid");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectError(complaints.toFile());
    try {
      return new ChildProcess(builder.start(), complaints);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNFIT,
          "cannot start %s (%s); './cocolab doctor' names what is missing"
              .formatted(command.get(0), e.getMessage()),
          e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Says a line to it; a process that has gone does not hear it. */
  void tell(String line) {
    try {
      in.write(line + "\n");
      in.flush();
    } catch (IOException e) {
      // Its end shows when it is listened to.
    }
  }

  /** The next line that it says; empty when it has ended. */
  Optional<String> hear() {
    try {
      return Optional.ofNullable(out.readLine());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Calls the listener with the exit code, once it has ended. */
  void onExit(IntConsumer listener) {
    var unused = process.onExit().thenAccept(ended -> listener.accept(ended.exitValue()));
  }

  /**
   * Why it ended before its time. A program of ours that ends as a command would has said why; what
   * else it said last is the best there is.
   *
   * @param what it did not do, for a program that broke
   */
  CliException early(String what) {
    int code = process.onExit().join().exitValue();
    for (ExitCode meant : List.of(ExitCode.USAGE, ExitCode.UNFIT)) {
      if (meant.code() == code) {
        return new CliException(meant, lastWords(code));
      }
    }
    return new CliException(ExitCode.UNFIT, what + ": " + lastWords(code));
  }

  /**
   * Ends this program, of which another one is the parent, as a command would end: the sentence on
   * standard error, and the exit code.
   */
  static void end(CliException e) {
    System.err.println(e.getMessage());
    System.exit(e.exitCode().code());
  }

  /** The last line of its standard error, or its exit code when it said nothing. */
  private String lastWords(int code) {
    try (Stream<String> lines = Files.lines(complaints, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> !line.isBlank())
          .reduce((one, next) -> next)
          .map(String::strip)
          .orElse("exit code " + code);
    } catch (IOException | UncheckedIOException e) {
      return "exit code " + code;
    }
  }

  /** Ends it: by the end of its input, then by signals. */
  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      // It has ended already.
    }
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroy();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it now, from the command's own end. */
  void kill() {
    process.destroyForcibly();
  }
}
