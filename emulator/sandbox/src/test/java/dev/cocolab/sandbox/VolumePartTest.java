package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.sandbox.SandboxFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code subPath} names: a place in a volume, which a container may change meanwhile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VolumePartTest {
  private SandboxFixture lab;

  @BeforeAll
  void open() throws IOException {
    lab = SandboxFixture.open();
  }

  @AfterAll
  void close() {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void mountsWhatLiesInAVolume() throws IOException {
    Path volume = Files.createDirectory(lab.base().resolve("volume-with-parts"));
    Files.writeString(Files.createDirectories(volume.resolve("a/b")).resolve("file"), "found");
    Outcome outcome =
        lab.run(
            lab.shell("cat /dir/file /one; echo new > /dir/made")
                .withMounts(
                    List.of(
                        new Mount(volume.resolve("a/b"), "/dir", false, Optional.of(volume)),
                        new Mount(volume.resolve("a/b/file"), "/one", true, Optional.of(volume)))));

    assertThat(outcome).isEqualTo(new Outcome(0, "foundfound", ""));
    assertThat(volume.resolve("a/b/made")).hasContent("new");
  }

  @ParameterizedTest
  @CsvSource({"a", "a/b"})
  void refusesALinkThatWasPutInTheWayAfterSomebodyLooked(String swapped) throws IOException {
    Path base = lab.base().resolve("swapped-" + swapped.length());
    Path volume = Files.createDirectories(base.resolve("volume"));
    Files.createDirectories(volume.resolve("a/b"));
    Path outside = Files.createDirectories(base.resolve("outside/b")).getParent();
    Files.writeString(outside.resolve("b/secret"), "the host's");
    Mount looked = new Mount(volume.resolve("a/b"), "/dir", false, Optional.of(volume));

    Files.move(volume.resolve(swapped), volume.resolve("aside"));
    Files.createSymbolicLink(
        volume.resolve(swapped), swapped.equals("a") ? outside : outside.resolve("b"));

    try (PodSandbox pod = lab.pod()) {
      ContainerSpec reading = lab.shell("cat /dir/secret").withMounts(List.of(looked));
      assertThatThrownBy(() -> pod.start(reading))
          .isInstanceOfSatisfying(
              SandboxException.class,
              e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.SETUP))
          .hasMessage("mount: a/b in " + volume + ": Too many levels of symbolic links");
    }
  }

  @Test
  void makesMissingDirectoriesOfAVolume() throws IOException {
    Path volume = Files.createDirectories(lab.base().resolve("making/there")).getParent();
    Path like = Files.createDirectory(lab.base().resolve("like"));
    Outcome outcome =
        lab.run(
            lab.shell("echo new > /dir/made")
                .withMounts(List.of(made(volume, "there/a/b"), made(volume, "there"))));

    assertThat(outcome).isEqualTo(new Outcome(0, "", ""));
    Path made = volume.resolve("there/a/b");
    assertThat(made.resolve("made")).hasContent("new");
    assertThat(Files.getPosixFilePermissions(made)).isEqualTo(Files.getPosixFilePermissions(like));
    assertThat(Files.getOwner(made)).isEqualTo(Files.getOwner(like));
    assertThat(Files.readAttributes(made, PosixFileAttributes.class).group())
        .isEqualTo(Files.readAttributes(like, PosixFileAttributes.class).group());
  }

  @Test
  void mountsAFileOfAVolumeInWhichDirectoriesMayBeMade() throws IOException {
    Path volume = Files.createDirectory(lab.base().resolve("making-file"));
    Files.writeString(volume.resolve("file"), "found");

    assertThat(lab.run(lab.shell("cat /dir").withMounts(List.of(made(volume, "file")))).out())
        .isEqualTo("found");
    try (PodSandbox pod = lab.pod()) {
      ContainerSpec below = lab.shell("ls /dir").withMounts(List.of(made(volume, "file/deep")));
      assertThatThrownBy(() -> pod.start(below))
          .isInstanceOf(SandboxException.class)
          .hasMessage("mount: file/deep in " + volume + ": Not a directory");
    }
  }

  @ParameterizedTest
  @CsvSource({"a, a/b/c", "a/b, a/b/c", "a/b/c, a/b/c"})
  void makesNothingBehindALinkThatWasPutInTheWay(String swapped, String path) throws IOException {
    Path base = lab.base().resolve("making-" + swapped.length());
    Path volume = Files.createDirectories(base.resolve("volume"));
    Path outside = Files.createDirectories(base.resolve("outside"));
    Files.createDirectories(volume.resolve(swapped));
    Mount looked = made(volume, path);

    Files.move(volume.resolve(swapped), volume.resolve("aside"));
    Path target = swapped.equals(path) ? outside.resolve("new") : outside;
    Files.createSymbolicLink(volume.resolve(swapped), target);

    try (PodSandbox pod = lab.pod()) {
      ContainerSpec spec = lab.shell("ls /dir").withMounts(List.of(looked));
      assertThatThrownBy(() -> pod.start(spec))
          .isInstanceOfSatisfying(
              SandboxException.class,
              e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.SETUP))
          .hasMessage("mount: " + path + " in " + volume + ": Too many levels of symbolic links");
    }
    assertThat(outside).isEmptyDirectory();
  }

  private static Mount made(Path volume, String path) {
    String point = path.equals("there") ? "/other" : "/dir";
    return new Mount(volume.resolve(path), point, false, Optional.of(volume), true);
  }
}
