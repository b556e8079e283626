package dev.cocolab.node.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsealedViewTest {
  private static final byte[] PREFIX = bytes("sealed.");

  @TempDir Path directory;
  private final List<String> asked = new ArrayList<>();

  @Test
  void opensSealedFilesInTheViewAndLeavesTheVolumeAsItIs() throws IOException {
    Path volume = volume(Map.of("key", "sealed.pointer", "other", "clear"), 0640);

    Path view = view(volume, Optional.of(new byte[] {0, 1, 2}));

    assertThat(view.resolve("key")).hasBinaryContent(new byte[] {0, 1, 2});
    assertThat(view.resolve("other")).hasContent("clear");
    assertThat(volume.resolve("key")).hasContent("sealed.pointer");
    assertThat(asked).containsExactly("sealed.pointer");
    assertThat(Files.readSymbolicLink(view.resolve("key")))
        .isRelative()
        .hasToString("..version-1/key.unsealed");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(view.resolve("key"))))
        .isEqualTo("rw-r-----");
  }

  @Test
  void theFirstFileThatStaysSealedEndsTheWorkOnItsVolume() throws IOException {
    Path volume = volume(new TreeMap<>(Map.of("a", "sealed.1", "b", "sealed.2")), 0644);

    Path view = view(volume, Optional.empty());

    assertThat(view.resolve("a")).hasContent("sealed.1");
    assertThat(view.resolve("b")).hasContent("sealed.2");
    assertThat(asked).hasSize(1);
  }

  @Test
  void looksAtFilesOnTheFirstLevelOnly() throws IOException {
    Path volume = volume(Map.of("folder/key", "sealed.pointer"), 0644);

    assertThat(new UnsealedView(PREFIX, content -> Optional.empty()).isNeededFor(volume)).isFalse();
  }

  @Test
  void whatIsNeitherFileNorFolderIsLeftOut() throws Exception {
    Path volume = volume(Map.of("key", "sealed.pointer"), 0644);
    assertThat(new ProcessBuilder("mkfifo", volume.resolve("pipe").toString()).start().waitFor())
        .isZero();

    Path view =
        assertTimeoutPreemptively(
            Duration.ofSeconds(5), () -> view(volume, Optional.of(new byte[] {1})));

    assertThat(view.resolve("key")).hasBinaryContent(new byte[] {1});
    assertThat(view.resolve("pipe")).doesNotExist();
  }

  @Test
  void aLinkThatLeadsOutOfTheVolumeIsNotFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("key"), "sealed.of-somebody-else");
    Path volume = Files.createDirectory(directory.resolve("written-by-a-container"));
    Files.createSymbolicLink(volume.resolve("out"), elsewhere.resolve("key"));
    assertThat(new UnsealedView(PREFIX, content -> Optional.empty()).isNeededFor(volume)).isFalse();
    Files.writeString(volume.resolve("own"), "sealed.pointer");

    view(volume, Optional.of(new byte[] {1}));

    assertThat(asked).containsExactly("sealed.pointer");
    assertThat(elsewhere).isDirectoryNotContaining("glob:**.unsealed");
  }

  @Test
  void aVolumeWithoutSealedFilesOrASingleFileNeedsNoView() throws IOException {
    UnsealedView view = new UnsealedView(PREFIX, content -> Optional.empty());
    Path volume = volume(Map.of("short", "seal", "clear", "text"), 0644);

    assertThat(view.isNeededFor(volume)).isFalse();
    assertThat(view.isNeededFor(Files.write(directory.resolve("file"), bytes("sealed.x"))))
        .isFalse();
  }

  private Path volume(Map<String, String> files, int mode) throws IOException {
    ProjectedFiles projected = new ProjectedFiles(mode);
    files.forEach((name, text) -> projected.add(name, bytes(text), null));
    Path volume = directory.resolve("volumes").resolve("secret");
    projected.write(volume, OptionalInt.empty());
    return volume;
  }

  private Path view(Path volume, Optional<byte[]> plain) throws IOException {
    UnsealedView unsealed =
        new UnsealedView(
            PREFIX,
            content -> {
              asked.add(new String(content, StandardCharsets.UTF_8));
              return plain;
            });
    assertThat(unsealed.isNeededFor(volume)).isTrue();
    Path view = directory.resolve("views").resolve("0");
    unsealed.make(volume, view);
    return view;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
