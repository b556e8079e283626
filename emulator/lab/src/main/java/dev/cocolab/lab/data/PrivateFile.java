package dev.cocolab.lab.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Text in a file of mode 0600 that is there as a whole or not at all, also after a power cut. */
public final class PrivateFile {
  private PrivateFile() {}

  /** Writes a file, or replaces it in one step; returns when it is on the disk. */
  public static void write(Path file, String text) throws IOException {
    Path fresh = unfinished(file);
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel entries = FileChannel.open(file.resolveSibling("."))) {
      entries.force(true);
    }
  }

  /** Always the same name: what a killed process left is replaced by the next. */
  static Path unfinished(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".new");
  }
}
