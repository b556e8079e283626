package dev.cocolab.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** A blob that a registry serves. */
sealed interface StoredBlob {

  /** In bytes; may touch the disk. */
  long size() throws IOException;

  /** A file, which stays as it is. */
  record InFile(Path file) implements StoredBlob {
    public InFile {
      Objects.requireNonNull(file, "file");
    }

    @Override
    public long size() throws IOException {
      return Files.size(file);
    }
  }

  /** A few bytes, such as a signature. */
  final class InMemory implements StoredBlob {
    private final byte[] bytes;

    InMemory(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public long size() {
      return bytes.length;
    }
  }
}
