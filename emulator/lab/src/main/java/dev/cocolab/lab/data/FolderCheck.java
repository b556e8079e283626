package dev.cocolab.lab.data;

import dev.cocolab.apiserver.store.FolderLock;
import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks at a folder before anything is written into it. */
final class FolderCheck {
  /** First line of the file that makes a folder a data folder: this and the version. */
  private static final String MAGIC = "cocolab lab data ";

  private static final int LONGEST_LINE = 64;

  /** What a start that was killed right after its beginning leaves in an empty folder. */
  private static final Set<String> BEGUN =
      Set.of(
          FolderLock.FILE,
          FolderLock.OWNER,
          PrivateFile.unfinished(Path.of(DataFolder.FORMAT)).toString());

  private FolderCheck() {}

  static String formatText() {
    return MAGIC + DataFolder.VERSION + "\n";
  }

  /**
   * Passes an empty folder and a data folder of this version.
   *
   * @throws LabException DATA_FOREIGN, DATA_OTHER_VERSION or DATA_UNUSABLE
   */
  static void requireFit(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new LabException(
          Reason.DATA_UNUSABLE, "the data folder %s is a file; name a folder".formatted(folder));
    }
    Path format = folder.resolve(DataFolder.FORMAT);
    if (Files.exists(format)) {
      requireVersion(folder, format);
      return;
    }
    Optional<String> other = firstOther(folder);
    if (other.isPresent()) {
      throw new LabException(
          Reason.DATA_FOREIGN,
          "the folder %s was not made by a lab and is not empty (it holds %s); name an empty or a new folder"
              .formatted(folder, other.get()));
    }
  }

  private static Optional<String> firstOther(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      List<String> others =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !BEGUN.contains(name))
              .sorted()
              .limit(1)
              .toList();
      return others.stream().findFirst();
    }
  }

  private static void requireVersion(Path folder, Path format) throws IOException {
    String line;
    try (InputStream in = Files.newInputStream(format)) {
      String text = new String(in.readNBytes(LONGEST_LINE), StandardCharsets.ISO_8859_1);
      line = text.contains("\n") ? text.substring(0, text.indexOf('\n')) : "";
    }
    if (!line.startsWith(MAGIC)) {
      throw DataFolder.damaged(folder, DataFolder.FORMAT, "it does not tell the folder's version");
    }
    String version = line.substring(MAGIC.length());
    if (!version.equals(DataFolder.VERSION)) {
      throw new LabException(
          Reason.DATA_OTHER_VERSION,
          "the data folder %s was written in format %s, this version reads format %s; name another folder, or use the version that wrote it"
              .formatted(folder, printable(version), DataFolder.VERSION));
    }
  }

  private static String printable(String version) {
    return version.replaceAll("[^ -~]", "?");
  }

  /** Without the path, which the message of such an exception begins with. */
  private static String reason(IOException cause) {
    if (cause instanceof FileSystemException file) {
      return file.getReason() == null
          ? "it cannot be made"
          : file.getReason().toLowerCase(Locale.ROOT);
    }
    return String.valueOf(cause.getMessage());
  }

  /** What is wrong with a folder that cannot be read or written, and what to do. */
  static LabException unusable(Path folder, IOException cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("no space left")) {
      return new LabException(
          Reason.DISK_FULL,
          "no space left on the disk of the data folder %s; free some".formatted(folder),
          cause);
    }
    String why =
        cause instanceof AccessDeniedException || text.contains("not permitted")
            ? "permission denied"
            : text.contains("read-only") ? "read-only file system" : reason(cause);
    return new LabException(
        Reason.DATA_UNUSABLE,
        "cannot use the data folder %s (%s); name a folder that you own and may write"
            .formatted(folder, why),
        cause);
  }
}
