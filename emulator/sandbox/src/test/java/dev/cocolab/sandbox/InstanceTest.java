package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start finds of emulators that were killed, at each moment of their own start. */
class InstanceTest {
  private static final String ID = "0123abcd";

  @TempDir private Path base;
  private Path entries;
  private Path runtime;

  @BeforeEach
  void prepare() throws IOException {
    entries = Files.createDirectories(base.resolve("state/sandbox"));
    runtime = Files.createDirectories(base.resolve("run"));
  }

  @Test
  void removesADirectoryWhoseMakerWasKilledBeforeItWasComplete() throws Exception {
    Path empty = Files.createDirectory(entries.resolve(".new-" + endedProcess() + "-1-" + ID));
    Path recorded =
        left(
            entries.resolve(".new-" + endedProcess() + "-1-00000001"), runtime.resolve("00000001"));

    Instance.create(base.resolve("state"), runtime).close();

    assertThat(empty).doesNotExist();
    assertThat(recorded).doesNotExist();
    assertThat(runtime).isEmptyDirectory();
  }

  @Test
  void keepsAYoungDirectoryWhoseMakerStillRuns() throws Exception {
    long running = ProcessHandle.current().parent().orElseThrow().pid();
    Path young = Files.createDirectory(entries.resolve(".new-" + running + "-1-" + ID));

    Instance.create(base.resolve("state"), runtime).close();

    assertThat(young).exists();
  }

  @Test
  void removesWhatAnEarlierProcessOfTheSameIdLeft() throws Exception {
    long same = ProcessHandle.current().pid();
    Path earlier = left(entries.resolve(same + "-1-" + ID), runtime.resolve(ID));

    Instance.create(base.resolve("state"), runtime).close();

    assertThat(earlier).doesNotExist();
    assertThat(runtime).isEmptyDirectory();
  }

  @Test
  void keepsWhatAnotherHostOfThisProcessUses() throws Exception {
    try (Instance first = Instance.create(base.resolve("state"), runtime)) {
      Instance.create(base.resolve("state"), runtime).close();

      assertThat(first.directory()).exists();
      assertThat(first.runtime()).exists();
    }
    assertThat(entries).isEmptyDirectory();
  }

  @Test
  void leavesARuntimeDirectoryAloneThatTheRecordOnlyClaims() throws Exception {
    Path foreign = Files.createDirectory(runtime.resolve("ffffffff"));
    Path entry = left(entries.resolve(endedProcess() + "-1-" + ID), foreign);

    Instance.create(base.resolve("state"), runtime).close();

    assertThat(entry).doesNotExist();
    assertThat(foreign).exists();
  }

  private static Path left(Path entry, Path runtime) throws IOException {
    Files.createDirectory(entry);
    Files.createFile(entry.resolve("lock"));
    Files.createDirectories(runtime);
    Files.writeString(entry.resolve("runtime"), runtime.toString());
    return entry;
  }

  private static long endedProcess() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}
