package dev.cocolab.lab.authority;

import dev.cocolab.image.StagingArea;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A private file that the first of several processes writes and all of them use. */
final class OnceFile {
  private OnceFile() {}

  /**
   * Writes a file of mode 0600 that appears complete; one that is there already stays.
   *
   * @param staging on the same file system; a process that is killed leaves its half there, where
   *     the next one sweeps it
   */
  static void write(Path file, String text, StagingArea staging) throws IOException {
    Path fresh =
        Files.createFile(
            staging.begin().resolve(file.getFileName()),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, text);
    try {
      // A hard link fails when the name exists: whoever comes second uses what the first made.
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException madeByAnother) {
      return;
    } finally {
      Files.delete(fresh);
    }
  }
}
