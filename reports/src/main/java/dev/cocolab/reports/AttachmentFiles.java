package dev.cocolab.reports;

import dev.cocolab.reports.Scenario.Attachment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that results name. Only plain files directly in the folder of the results are opened,
 * and of each at most a limit; all together at most a budget, so that a report stays a page.
 */
final class AttachmentFiles {

  private final Path directory;
  private long budget;

  /**
   * Names where the files are.
   *
   * @param budget bytes that may be read in total
   */
  AttachmentFiles(Path directory, long budget) {
    this.directory = directory;
    this.budget = budget;
  }

  /** The beginning of a file. */
  static final class Content {
    private final byte[] bytes;
    private final long size;

    private Content(byte[] bytes, long size) {
      this.bytes = bytes;
      this.size = size;
    }

    /** What was read; not copied. */
    byte[] bytes() {
      return bytes;
    }

    /** Bytes of the whole file. */
    long size() {
      return size;
    }

    boolean isWhole() {
      return bytes.length == size;
    }
  }

  /** Empty if the file is missing, not plain, elsewhere, unreadable, or the budget is used up. */
  Optional<Content> read(Attachment attachment, int limit) {
    String name = attachment.source();
    if (name.isEmpty()
        || name.startsWith(".")
        || name.indexOf('/') >= 0
        || name.indexOf('\\') >= 0
        || name.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      int most = (int) Math.min(limit, budget);
      byte[] bytes = in.readNBytes(most);
      budget -= bytes.length;
      long size = Math.max(Files.size(file), bytes.length);
      return bytes.length == 0 && size > 0
          ? Optional.empty()
          : Optional.of(new Content(bytes, size));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
