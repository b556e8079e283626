package dev.cocolab.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes of files that are there whole or not at all, also when the process or the machine dies.
 */
final class AtomicFile {
  private AtomicFile() {}

  /**
   * Replaces a file, for its owner only. When this returns the content is on the disk.
   *
   * @param directory of the file; it exists
   */
  static void write(Path directory, Path file, byte[] content) throws IOException {
    Path fresh = Files.createTempFile(directory, ".new", "");
    try {
      try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        out.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
        entries.force(true);
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
