package dev.cocolab.steps.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** The commit of the checkout that runs, read from its own files: no git program is needed. */
final class Checkout {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  private Checkout() {}

  /** Where the checkout at this folder keeps what real targets once answered. */
  static Path recordings(Path root) {
    return root.resolve("reports").resolve("recordings").normalize();
  }

  /** The commit that HEAD points to; empty outside a checkout, or where refs are packed. */
  static Optional<String> commit() {
    String root = System.getProperty("cocolab.root");
    if (root == null) {
      return Optional.empty();
    }
    try {
      Path git = Path.of(root, ".git");
      String head = Files.readString(git.resolve("HEAD")).strip();
      String commit =
          head.startsWith("ref: ")
              ? Files.readString(git.resolve(head.substring(5))).strip()
              : head;
      return Optional.of(commit).filter(COMMIT.asMatchPredicate());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
