package dev.cocolab.cli.kbs;

import static org.awaitility.Awaitility.await;

import dev.cocolab.cli.CommandScreen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The command {@code broker} on a thread of its own. */
final class RunningBroker implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final Path folder;
  private final CommandScreen screen;
  private final Path readyFile;
  private final AtomicInteger exitCode = new AtomicInteger(-1);
  private final Thread thread;

  /** Starts it and waits until it answers. */
  RunningBroker(Path folder, String http, String... more) {
    this.folder = folder;
    this.screen = new CommandScreen(folder);
    this.readyFile = folder.resolve("ready");
    Path config = write(folder, http);
    String[] line = new String[5 + more.length];
    line[0] = "broker";
    line[1] = "--config";
    line[2] = config.toString();
    line[3] = "--ready-file";
    line[4] = readyFile.toString();
    System.arraycopy(more, 0, line, 5, more.length);
    this.thread = new Thread(() -> exitCode.set(screen.run(line)), "test-broker");
    thread.start();
    await().atMost(START).until(() -> Files.exists(readyFile) || !thread.isAlive());
  }

  /** Writes a configuration; the text is that of the table http_server. */
  static Path write(Path folder, String http) {
    Path config = folder.resolve("kbs-config.toml");
    try {
      Files.writeString(
          config,
          """
          [http_server]
          %s

          [attestation_token]
          insecure_header_jwk = true

          [attestation_service]
          type = "coco_as_builtin"
          [attestation_service.rvps_config]
          type = "BuiltIn"

          [admin]
          authorization_mode = "InsecureAllowAll"

          [storage_backend]
          storage_type = "LocalFs"
          [storage_backend.backends.local_fs]
          dir_path = "%s"

          [[plugins]]
          name = "resource"
          storage_backend_type = "kvstorage"
          """
              .formatted(http, folder.resolve("storage")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return config;
  }

  String url() {
    try {
      return Files.readString(readyFile).strip();
    } catch (IOException e) {
      throw new IllegalStateException("not ready: " + screen.err(), e);
    }
  }

  Path readyFile() {
    return readyFile;
  }

  CommandScreen screen() {
    return screen;
  }

  /** Runs {@code kbs} against it on a new screen. */
  CommandScreen kbs(int expected, String... arguments) {
    CommandScreen client = new CommandScreen(folder);
    String[] line = new String[3 + arguments.length];
    line[0] = "kbs";
    line[1] = "--url";
    line[2] = url();
    System.arraycopy(arguments, 0, line, 3, arguments.length);
    int code = client.run(line);
    if (code != expected) {
      throw new AssertionError("exit code " + code + ", not " + expected + ": " + client.err());
    }
    return client;
  }

  /** Interrupts it, as Ctrl-C does in the end, and waits; its exit code. */
  int stop() {
    thread.interrupt();
    await().atMost(START).until(() -> !thread.isAlive());
    return exitCode.get();
  }

  @Override
  public void close() {
    stop();
  }
}
