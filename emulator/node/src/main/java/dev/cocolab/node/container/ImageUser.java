package dev.cocolab.node.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A user of an image, looked up in its {@code /etc/passwd} and {@code /etc/group}.
 *
 * @param uid numeric user
 * @param gid numeric group
 * @param home home directory
 * @param named whether the image names its user instead of numbering it
 */
record ImageUser(int uid, int gid, String home, boolean named) {
  private static final long MAX_FILE = 1 << 20;

  /**
   * Resolves a user as an image configuration writes it.
   *
   * @param user empty, {@code user}, {@code user:group}, each a name or a number
   * @param layers lowest first
   * @return empty if a name is unknown
   */
  static Optional<ImageUser> of(String user, List<Path> layers) {
    int colon = user.indexOf(':');
    String name = colon < 0 ? user : user.substring(0, colon);
    String group = colon < 0 ? "" : user.substring(colon + 1);
    String wanted = name.isEmpty() ? "0" : name;
    boolean numeric = wanted.matches("\\d{1,9}");
    Optional<List<String>> entry =
        entries("etc/passwd", layers)
            .filter(fields -> fields.size() >= 6)
            .filter(fields -> wanted.equals(fields.get(numeric ? 2 : 0)))
            .findFirst();
    if (entry.isEmpty() && !numeric) {
      return Optional.empty();
    }
    int uid = numeric ? Integer.parseInt(wanted) : number(entry.get().get(2));
    int gid = entry.map(fields -> number(fields.get(3))).orElse(0);
    if (!group.isEmpty()) {
      Optional<Integer> found = group(group, layers);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      gid = found.get();
    }
    String home = entry.map(fields -> fields.get(5)).filter(h -> !h.isEmpty()).orElse("/");
    return Optional.of(new ImageUser(uid, gid, home, !numeric));
  }

  private static Optional<Integer> group(String group, List<Path> layers) {
    if (group.matches("\\d{1,9}")) {
      return Optional.of(Integer.valueOf(group));
    }
    return entries("etc/group", layers)
        .filter(fields -> fields.size() >= 3 && fields.get(0).equals(group))
        .map(fields -> number(fields.get(2)))
        .findFirst();
  }

  private static int number(String text) {
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
  }

  /** Lines of the topmost such file; links are not followed, they could lead out of the layer. */
  private static Stream<List<String>> entries(String path, List<Path> layers) {
    for (int i = layers.size() - 1; i >= 0; i--) {
      Path file = layers.get(i).resolve(path);
      try {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= MAX_FILE) {
          return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
              .map(line -> List.of(line.split(":", -1)));
        }
      } catch (IOException e) {
        return Stream.empty();
      }
    }
    return Stream.empty();
  }
}
