package dev.cocolab.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Whose the unpacked files are. */
enum Ownership {
  /** Everything belongs to the user that runs the emulator. */
  OWN_USER,
  /** User and group of the archive; only for the root of the machine. */
  FROM_ARCHIVE;

  private static final Path UID_MAP = Path.of("/proc/self/uid_map");

  /** The archive's owners where every uid exists, that is for root outside any user namespace. */
  static Ownership ofThisProcess() {
    try {
      String map =
          Files.readString(UID_MAP, StandardCharsets.US_ASCII).strip().replaceAll("\\s+", " ");
      boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
      return root && map.equals("0 0 4294967295") ? FROM_ARCHIVE : OWN_USER;
    } catch (IOException | UnsupportedOperationException e) {
      // Not Linux, or no /proc: nothing is known about other users, so files stay with this one.
      return OWN_USER;
    }
  }

  void apply(Path file, long uid, long gid) throws IOException {
    if (this == FROM_ARCHIVE
        && uid >= 0
        && uid < Integer.MAX_VALUE
        && gid >= 0
        && gid < Integer.MAX_VALUE) {
      Files.setAttribute(file, "unix:gid", (int) gid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(file, "unix:uid", (int) uid, LinkOption.NOFOLLOW_LINKS);
    }
  }
}
