package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.evidence.AmdGeneration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformAuthorityTest {

  private static final int SMALL = 2048;

  @TempDir Path home;

  private PlatformAuthority open(List<String> progress) {
    return PlatformAuthority.open(
        home.resolve("tee/platform"),
        AmdGeneration.MILAN,
        SMALL,
        Lab.RANDOM,
        Lab.CLOCK,
        progress::add);
  }

  @Test
  void keysAreMadeOnceAndSaidSo() {
    List<String> progress = new ArrayList<>();

    PlatformAuthority first = open(progress);
    PlatformAuthority second = open(progress);

    assertThat(progress)
        .singleElement()
        .asString()
        .startsWith("Making the emulated Milan authority of this machine, once, in ");
    assertThat(second.roots().chains(AmdGeneration.MILAN))
        .isEqualTo(first.roots().chains(AmdGeneration.MILAN));
    assertThat(first.roots().label()).isEqualTo("emulated");
    assertThat(first.processor().chipId()).isEqualTo(first.processor().chipId());
  }

  @Test
  void filesAreTheOwnersOnly() throws IOException {
    open(new ArrayList<>());

    try (Stream<Path> files = Files.walk(home.resolve("tee"))) {
      for (Path file : files.toList()) {
        String expected = Files.isDirectory(file) ? "rwx------" : "rw-------";
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo(expected);
      }
    }
    assertThat(home.resolve("tee/platform/milan")).isDirectoryContaining("glob:**ask.key.pem");
  }

  @Test
  void whatAKilledProcessPreparedIsRemovedAndNothingElse() throws Exception {
    Path platform = Files.createDirectories(home.resolve("tee/platform"));
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path left = Files.createDirectory(platform.resolve(".new-" + ended.pid() + "-1"));
    Files.createFile(left.resolve("ark.key.pem"));
    long running = ProcessHandle.current().pid();
    Path growing = Files.createDirectory(platform.resolve(".new-" + running + "-1"));

    open(new ArrayList<>());

    assertThat(left).doesNotExist();
    assertThat(growing).exists();
  }

  @Test
  void concurrentFirstUsesAgree() throws Exception {
    int users = 3;
    CyclicBarrier together = new CyclicBarrier(users);
    ExecutorService threads = Executors.newFixedThreadPool(users);
    try {
      Callable<PlatformAuthority> use =
          () -> {
            together.await(30, TimeUnit.SECONDS);
            return open(new ArrayList<>());
          };
      List<Future<PlatformAuthority>> opened = new ArrayList<>();
      for (int i = 0; i < users; i++) {
        opened.add(threads.submit(use));
      }
      var expected = open(new ArrayList<>()).roots();
      for (Future<PlatformAuthority> one : opened) {
        assertThat(one.get(60, TimeUnit.SECONDS).roots().chains(AmdGeneration.MILAN))
            .isEqualTo(expected.chains(AmdGeneration.MILAN));
      }
    } finally {
      threads.shutdownNow();
    }
    try (Stream<Path> left = Files.list(home.resolve("tee/platform"))) {
      assertThat(left).containsExactly(home.resolve("tee/platform/milan"));
    }
  }

  @Test
  void keysThatAreOpenToOthersAreRefused() throws IOException {
    open(new ArrayList<>());
    Path key = home.resolve("tee/platform/milan/ask.key.pem");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));

    refused("ask.key.pem is open to others than its owner");
  }

  @ParameterizedTest
  @CsvSource({"ark.pem", "ask.pem", "ark.key.pem", "ask.key.pem"})
  void missingAndDamagedFilesAreRefused(String name) throws IOException {
    open(new ArrayList<>());
    Path file = home.resolve("tee/platform/milan").resolve(name);
    byte[] content = Files.readAllBytes(file);

    Files.writeString(file, "damaged");
    refused("; delete this directory to have new ones made");
    Files.delete(file);
    refused(name + " is missing");

    Files.write(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(open(new ArrayList<>()).roots().label()).isEqualTo("emulated");
  }

  @Test
  void keysOfOtherCertificatesAreRefused() throws IOException {
    open(new ArrayList<>());
    Path directory = home.resolve("tee/platform/milan");
    Files.write(
        directory.resolve("ask.key.pem"), Files.readAllBytes(directory.resolve("ark.key.pem")));

    refused("ask.key.pem is not the key of its certificate");
  }

  @Test
  void directoryThatCannotBeMadeIsRefused() throws IOException {
    Files.writeString(home.resolve("tee"), "a file");

    refused("the platform keys cannot be kept in ");
  }

  private void refused(String text) {
    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(() -> open(new ArrayList<>()))
        .withMessageContaining(text)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.PLATFORM_KEYS));
  }
}
