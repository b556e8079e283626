package dev.cocolab.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Starts the Perl script and reads its first line; parameters never appear in an argument list. */
final class Script {
  private static final String MAIN = "sandbox.pl";
  private static final List<String> PARTS = List.of(MAIN, "relay.pl", "container.pl", "confine.pl");
  private static final int MAX_LINE = 8192;

  /** A running script whose first line was {@code OK}; {@code detail} is the rest of that line. */
  record Started(Process process, String detail) {}

  private final List<String> program;
  private final Duration timeout;

  private Script(List<String> program, Duration timeout) {
    this.program = program;
    this.timeout = timeout;
  }

  /** Writes the script into a directory that belongs to one instance. */
  static Script copyTo(Path directory, Duration timeout) throws IOException {
    for (String name : PARTS) {
      Files.write(directory.resolve(name), resource(name), StandardOpenOption.CREATE_NEW);
    }
    return new Script(List.of("perl", directory.resolve(MAIN).toString()), timeout);
  }

  /**
   * The script as an argument of Perl, so that there is no file which a killed JVM could leave
   * behind; {@code probe} is the one command that works without the other parts.
   */
  static Script inline(Duration timeout) throws IOException {
    String source = new String(resource(MAIN), StandardCharsets.UTF_8);
    return new Script(List.of("perl", "-e", source), timeout);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream source = Script.class.getResourceAsStream(name)) {
      if (source == null) {
        throw new IOException("resource " + name + " is missing");
      }
      return source.readAllBytes();
    }
  }

  /**
   * Runs one command of the script.
   *
   * @throws SandboxException with the reason that the script reports, TIMEOUT, or UNFIT without
   *     Perl
   */
  Started start(String command, List<String> tokens, Redirect stderr) {
    List<String> line = new ArrayList<>(program);
    line.addAll(List.of(architecture(), command));
    ProcessBuilder builder = new ProcessBuilder(line).redirectError(stderr);
    builder.environment().keySet().removeIf(name -> name.startsWith("PERL"));
    builder.environment().put("LC_ALL", "C");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new SandboxException(
          SandboxException.Reason.UNFIT, ProbeFacts.PERL_MISSING + " (" + e.getMessage() + ")", e);
    }
    AtomicBoolean late = new AtomicBoolean();
    CompletableFuture<Void> watchdog =
        CompletableFuture.runAsync(
            () -> {
              late.set(true);
              process.destroyForcibly();
            },
            CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS));
    boolean started = false;
    try {
      send(process.getOutputStream(), tokens);
      String answer = firstLine(process.getInputStream());
      if (late.get()) {
        throw new SandboxException(
            SandboxException.Reason.TIMEOUT,
            "The sandbox gave no answer to \""
                + command
                + "\" within "
                + timeout.toSeconds()
                + " s.");
      }
      if (!answer.equals("OK") && !answer.startsWith("OK ")) {
        throw refused(command, answer);
      }
      started = true;
      return new Started(process, answer.substring(2).trim());
    } catch (IOException e) {
      throw new SandboxException(
          SandboxException.Reason.SETUP, "The sandbox script ended early: " + e.getMessage(), e);
    } finally {
      watchdog.cancel(false);
      if (!started) {
        process.destroyForcibly();
      }
    }
  }

  private static void send(OutputStream stdin, List<String> tokens) throws IOException {
    // NUL separates the parameters: one inside of a value would be further parameters.
    if (tokens.stream().anyMatch(token -> token.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("NUL byte in a parameter");
    }
    byte[] body = String.join("\0", tokens).getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream message = new ByteArrayOutputStream(body.length + 16);
    message.writeBytes((body.length + "\n").getBytes(StandardCharsets.US_ASCII));
    message.writeBytes(body);
    stdin.write(message.toByteArray());
    stdin.flush();
  }

  private static String firstLine(InputStream stdout) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = stdout.read();
    while (next >= 0 && next != '\n' && line.size() < MAX_LINE) {
      line.write(next);
      next = stdout.read();
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private static SandboxException refused(String command, String line) {
    List<String> parts = new ArrayList<>(List.of(line.split(" ", 3)));
    if (parts.size() == 3 && parts.get(0).equals("ERR")) {
      for (SandboxException.Reason reason : SandboxException.Reason.values()) {
        if (reason.name().equals(parts.get(1))) {
          return new SandboxException(reason, parts.get(2));
        }
      }
    }
    return new SandboxException(
        SandboxException.Reason.SETUP,
        "The sandbox script ended without an answer to \""
            + command
            + "\""
            + (line.isEmpty() ? "." : ": " + line));
  }

  private static String architecture() {
    return System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
  }
}
