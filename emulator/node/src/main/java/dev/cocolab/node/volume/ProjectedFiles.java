package dev.cocolab.node.volume;

import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Files of one volume before they are written. They are laid out as the kubelet does: the contents
 * in a hidden directory, {@code ..data} pointing to it, and a link for each name at the top.
 */
final class ProjectedFiles {
  private static final class Content {
    private final byte[] bytes;
    private final int mode;

    private Content(byte[] bytes, int mode) {
      this.bytes = bytes;
      this.mode = mode;
    }
  }

  private static final int DIRECTORY_MODE = 0755;

  private final Map<String, Content> files = new LinkedHashMap<>();
  private final int defaultMode;

  ProjectedFiles(Integer defaultMode) {
    this.defaultMode = defaultMode == null ? 0644 : defaultMode;
  }

  /**
   * Adds keys, all of them or those that are named.
   *
   * @param what for messages, such as {@code secret}
   * @throws VolumeException if a named key is missing and not optional
   */
  void addKeys(String what, Map<String, byte[]> contents, List<KeyToPath> items, boolean optional) {
    if (items == null || items.isEmpty()) {
      contents.forEach((key, bytes) -> add(key, bytes, null));
      return;
    }
    for (KeyToPath item : items) {
      byte[] bytes = contents.get(item.getKey());
      if (bytes != null) {
        add(item.getPath(), bytes, item.getMode());
      } else if (!optional) {
        throw new VolumeException("references non-existent " + what + " key: " + item.getKey());
      }
    }
  }

  void addFields(List<DownwardAPIVolumeFile> items, DownwardFields fields) {
    for (DownwardAPIVolumeFile item : items) {
      String path = item.getFieldRef() == null ? "" : item.getFieldRef().getFieldPath();
      String value =
          fields
              .value(path)
              .orElseThrow(() -> new VolumeException("unsupported fieldPath: " + path));
      add(item.getPath(), value.getBytes(StandardCharsets.UTF_8), item.getMode());
    }
  }

  void add(String path, byte[] bytes, Integer mode) {
    Path relative = Path.of(path);
    if (relative.isAbsolute() || path.isEmpty() || !relative.normalize().equals(relative)) {
      throw new VolumeException("invalid path: " + path);
    }
    for (Path part : relative) {
      if (part.toString().startsWith("..")) {
        throw new VolumeException("invalid path: " + path);
      }
    }
    files.put(path, new Content(bytes, mode == null ? defaultMode : mode));
  }

  /**
   * Writes the volume.
   *
   * @param group owner group with read access, where the emulator can give files away
   */
  void write(Path directory, OptionalInt group) throws IOException {
    FileTrees.createPrivate(directory.getParent());
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, FileTrees.permissions(DIRECTORY_MODE));
    Path hidden = Files.createDirectory(directory.resolve("..version-1"));
    Files.setPosixFilePermissions(hidden, FileTrees.permissions(DIRECTORY_MODE));
    for (Map.Entry<String, Content> entry : files.entrySet()) {
      Path file = hidden.resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      int mode = entry.getValue().mode | (group.isPresent() ? 0440 : 0);
      FileTrees.writeNew(file, entry.getValue().bytes, mode);
      if (group.isPresent()) {
        Files.setAttribute(file, "unix:gid", group.getAsInt());
      }
    }
    Files.createSymbolicLink(directory.resolve("..data"), hidden.getFileName());
    for (String name : files.keySet()) {
      Path top = Path.of(name).getName(0);
      if (!Files.isSymbolicLink(directory.resolve(top))) {
        Files.createSymbolicLink(directory.resolve(top), Path.of("..data").resolve(top));
      }
    }
  }
}
