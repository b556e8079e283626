package dev.cocolab.node.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.node.pod.ContainerStartException;
import dev.cocolab.node.volume.PodVolume;
import dev.cocolab.sandbox.Mount;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container that has written to a volume decides what a path in it means to the next one. */
class SubPathTest {
  @TempDir private Path base;
  private Path volume;
  private Path outside;

  @BeforeEach
  void makeFolders() throws IOException {
    volume = Files.createDirectory(base.toRealPath().resolve("volume"));
    outside = Files.createDirectory(base.toRealPath().resolve("outside"));
  }

  private List<Mount> mounts(String subPath, boolean readOnly) {
    return new ContainerPlan(
            new Pod(),
            new ContainerBuilder()
                .withName("app")
                .addNewVolumeMount()
                .withName("v")
                .withMountPath("/v")
                .withSubPath(subPath)
                .endVolumeMount()
                .build())
        .mounts(Map.of("v", new PodVolume("v", volume, OptionalLong.empty(), readOnly)));
  }

  /** The sandbox is told the volume, so that it follows no link that is made in it later. */
  private Mount mounted(String real) {
    return new Mount(volume.resolve(real), "/v", false, Optional.of(volume), true);
  }

  @Test
  void aFolderThatIsMissingIsLeftToTheSandboxToMake() {
    assertThat(mounts("a/b", false)).containsExactly(mounted("a/b"));
    assertThat(volume).isEmptyDirectory();
  }

  @Test
  void aFileOnTheWayIsSaid() throws IOException {
    Files.createFile(volume.resolve("file"));

    assertThat(mounts("file", false)).containsExactly(mounted("file"));
    assertThatThrownBy(() -> mounts("file/deep", false))
        .isInstanceOf(ContainerStartException.class)
        .hasMessageEndingWith("no such file: file/deep");
  }

  @Test
  void aLinkInsideTheVolumeIsFollowed() throws IOException {
    Files.createDirectory(volume.resolve("real"));
    Files.createSymbolicLink(volume.resolve("link"), Path.of("real"));

    assertThat(mounts("link/deep", false)).containsExactly(mounted("real/deep"));
  }

  @Test
  void aLinkThatLeadsOutMakesNothingOutside() throws IOException {
    Files.createSymbolicLink(volume.resolve("out"), outside);

    assertThatThrownBy(() -> mounts("out/made/deep", false))
        .isInstanceOf(ContainerStartException.class)
        .hasMessage("subPath leads out of the volume: out/made/deep");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aLinkThatLeadsOutIsNotMountedEvenIfTheWayLeadsBack() throws IOException {
    Files.createSymbolicLink(volume.resolve("out"), outside);
    Files.createSymbolicLink(outside.resolve("back"), volume);

    assertThatThrownBy(() -> mounts("out/back", false))
        .hasMessage("subPath leads out of the volume: out/back");
  }

  @Test
  void nothingIsMadeInAVolumeThatIsOnlyRead() {
    assertThatThrownBy(() -> mounts("a", true))
        .isInstanceOf(ContainerStartException.class)
        .hasMessageEndingWith("no such file: a");
    assertThat(volume).isEmptyDirectory();
  }
}
