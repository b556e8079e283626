package dev.cocolab.peers;

import dev.cocolab.peers.PeerException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A running program with a log file. It ends with {@link #close} and with this JVM, however that
 * ends: a shell holds the other end of a pipe of the JVM and ends the program when the pipe closes.
 */
final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final int LOG_TAIL = 600;

  /** Ends with the program's exit code; ends the program when its standard input closes. */
  private static final String KEEPER =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      program=$!
      (cat <&3 >/dev/null; kill "$program") 2>/dev/null &
      watcher=$!
      wait "$program"
      code=$?
      kill "$watcher" 2>/dev/null
      exit $code
      """;

  private final String name;
  private final Path log;
  private final Process keeper;
  private final Duration patience;

  private Program(String name, Path log, Process keeper, Duration patience) {
    this.name = name;
    this.log = log;
    this.keeper = keeper;
    this.patience = patience;
  }

  /**
   * Starts.
   *
   * @param log what the program prints; its name without extension names the program in errors
   */
  static Program start(List<String> command, Path log) {
    return start(command, log, PATIENCE);
  }

  /**
   * Starts.
   *
   * @param patience how long a program that is asked to end is waited for before it is forced
   */
  static Program start(List<String> command, Path log, Duration patience) {
    String name = Path.of(command.get(0)).getFileName().toString();
    List<String> kept = new ArrayList<>(List.of("/bin/sh", "-c", KEEPER, name));
    kept.addAll(command);
    try {
      Process keeper =
          new ProcessBuilder(kept).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      return new Program(name, log, keeper, patience);
    } catch (IOException e) {
      throw new PeerException(Reason.ENDED, name + " cannot be started.", e);
    }
  }

  boolean runs() {
    return keeper.isAlive();
  }

  /**
   * Waits until the condition holds.
   *
   * @throws PeerException {@code ENDED} or {@code NOT_READY}, with the end of the program's log
   */
  void await(BooleanSupplier ready, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (!ready.getAsBoolean()) {
      if (endsWithin(BETWEEN_LOOKS)) {
        throw new PeerException(
            Reason.ENDED, name + " ended with code " + keeper.exitValue() + ": " + logTail());
      }
      if (System.nanoTime() - end > 0) {
        throw new PeerException(
            Reason.NOT_READY,
            name + " was not ready after " + limit.toSeconds() + " seconds: " + logTail());
      }
    }
  }

  private boolean endsWithin(Duration time) {
    try {
      return keeper.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerException(Reason.NOT_READY, "The wait for " + name + " was interrupted.", e);
    }
  }

  String logTail() {
    try {
      String text = Files.readString(log, StandardCharsets.UTF_8).strip();
      return text.substring(Math.max(0, text.length() - LOG_TAIL));
    } catch (IOException e) {
      return "there is no log (" + e.getMessage() + ")";
    }
  }

  /** Ends the program, by force when it does not end in time by itself. */
  @Override
  public void close() {
    List<ProcessHandle> all = keeper.descendants().toList();
    try {
      keeper.getOutputStream().close();
    } catch (IOException e) {
      // the pipe is gone, and with it the program
    }
    boolean interrupted = false;
    try {
      keeper.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    all.forEach(ProcessHandle::destroyForcibly);
    keeper.destroyForcibly();
    for (ProcessHandle handle : all) {
      handle.onExit().orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
