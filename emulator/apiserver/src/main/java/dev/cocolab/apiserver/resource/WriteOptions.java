package dev.cocolab.apiserver.resource;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a write is made.
 *
 * @param dryRun everything is checked, nothing stored
 * @param fieldValidation what happens to unknown and duplicate fields
 * @param warnings takes texts for {@code Warning} headers
 */
public record WriteOptions(
    boolean dryRun, FieldValidation fieldValidation, Consumer<String> warnings) {

  /** What happens to unknown and duplicate fields; they are dropped in each case but the last. */
  public enum FieldValidation {
    IGNORE,
    WARN,
    STRICT
  }

  public WriteOptions {
    Objects.requireNonNull(fieldValidation, "fieldValidation");
    Objects.requireNonNull(warnings, "warnings");
  }
}
