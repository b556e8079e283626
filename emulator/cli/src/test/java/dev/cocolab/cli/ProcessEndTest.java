package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessEndTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  @Test
  void aRunningProcessHasNotEnded() throws Exception {
    assertThat(ProcessEnd.await(ProcessHandle.current().pid(), Duration.ofMillis(30))).isFalse();
  }

  @Test
  void aProcessThatIsGoneHasEnded() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();

    assertThat(ProcessEnd.await(process.pid(), LONG)).isTrue();
  }

  @Test
  void aProcessThatNobodyWaitedForHasEnded() throws Exception {
    // The shell's child ends, while the shell has become a program that never waits for it.
    Process parent = new ProcessBuilder("sh", "-c", "true & echo $!; exec sleep 60").start();
    try (BufferedReader out = parent.inputReader()) {
      long child = Long.parseLong(out.readLine());

      assertThat(ProcessEnd.await(child, LONG)).isTrue();
      assertThat(parent.isAlive()).isTrue();
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }
}
