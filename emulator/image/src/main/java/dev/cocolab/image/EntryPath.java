package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the names of an archive apart. A name is relative, has no {@code ..}, and fits the limits;
 * {@code .} elements are dropped.
 */
final class EntryPath {

  private final UnpackLimits limits;

  EntryPath(UnpackLimits limits) {
    this.limits = limits;
  }

  /** The elements of an entry's name; empty for the root itself. */
  List<String> parse(String name) {
    checkText(name, name);
    if (name.startsWith("/")) {
      throw refuse(Reason.ABSOLUTE_PATH, "absolute name", name);
    }
    List<String> elements = elements(name);
    if (elements.contains("..")) {
      throw refuse(Reason.PATH_TRAVERSAL, "name leaves the archive", name);
    }
    for (String element : elements) {
      if (element.getBytes(StandardCharsets.UTF_8).length > limits.elementBytes()) {
        throw refuse(
            Reason.NAME_TOO_LONG,
            "path element of more than " + limits.elementBytes() + " bytes",
            name);
      }
    }
    if (elements.size() > limits.depth()) {
      throw refuse(Reason.TOO_DEEP, "more than " + limits.depth() + " levels", name);
    }
    return elements;
  }

  /** The elements of a hard link's target, which is a name of the same archive. */
  List<String> parseHardLink(String target, String entry) {
    checkText(target, entry);
    List<String> elements = elements(target);
    if (target.startsWith("/") || elements.contains("..") || elements.isEmpty()) {
      throw refuse(Reason.HARDLINK_ESCAPE, "hard link leaves the archive", entry);
    }
    return elements;
  }

  /**
   * Accepts a symbolic link's target that stays inside the root when it is read from the link's
   * directory. An absolute target is read from the container's root, so only {@code ..} can climb
   * out.
   */
  void checkSymlink(List<String> link, String target, String entry) {
    checkText(target, entry);
    if (target.isEmpty()) {
      throw refuse(Reason.BAD_NAME, "symbolic link without target", entry);
    }
    int depth = target.startsWith("/") ? 0 : link.size() - 1;
    for (String element : elements(target)) {
      depth += element.equals("..") ? -1 : 1;
      if (depth < 0) {
        throw refuse(Reason.SYMLINK_ESCAPE, "symbolic link climbs above the root", entry);
      }
    }
  }

  private void checkText(String text, String entry) {
    if (text.getBytes(StandardCharsets.UTF_8).length > limits.nameBytes()) {
      throw refuse(
          Reason.NAME_TOO_LONG, "name of more than " + limits.nameBytes() + " bytes", entry);
    }
    if (text.indexOf('\0') >= 0 || text.indexOf('\uFFFD') >= 0) {
      throw refuse(Reason.BAD_NAME, "name that is no text", entry);
    }
  }

  private static List<String> elements(String name) {
    List<String> elements = new ArrayList<>();
    for (String element : name.split("/", -1)) {
      if (!element.isEmpty() && !element.equals(".")) {
        elements.add(element);
      }
    }
    return elements;
  }

  static ImageException refuse(Reason reason, String what, String name) {
    String shown = name.length() > 120 ? name.substring(0, 120) + "..." : name;
    return new ImageException(Stage.UNPACK, reason, "archive entry \"" + shown + "\": " + what);
  }
}
