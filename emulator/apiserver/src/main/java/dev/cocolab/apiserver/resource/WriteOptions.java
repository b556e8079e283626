package dev.cocolab.apiserver.resource;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a write is made.
 *
 * @param dryRun everything is checked, nothing stored
 * @param fieldValidation what happens to unknown and duplicate fields
 * @param warnings takes texts for {@code Warning} headers
 * @param fieldManager name under which the fields that the write sets are kept
 * @param force whether a server-side apply takes fields from other managers
 * @param guard looks at what is about to be stored
 * @param author who writes; empty: the server itself
 */
public record WriteOptions(
    boolean dryRun,
    FieldValidation fieldValidation,
    Consumer<String> warnings,
    String fieldManager,
    boolean force,
    WriteGuard guard,
    Optional<Author> author) {
  private static final String SERVER = "kube-apiserver";

  /** A write of the server itself. */
  public WriteOptions(boolean dryRun, FieldValidation fieldValidation, Consumer<String> warnings) {
    this(dryRun, fieldValidation, warnings, SERVER, false);
  }

  /** A write that nothing is held against. */
  public WriteOptions(
      boolean dryRun,
      FieldValidation fieldValidation,
      Consumer<String> warnings,
      String fieldManager,
      boolean force) {
    this(
        dryRun,
        fieldValidation,
        warnings,
        fieldManager,
        force,
        WriteGuard.none(),
        Optional.empty());
  }

  /** What happens to unknown and duplicate fields; they are dropped in each case but the last. */
  public enum FieldValidation {
    IGNORE,
    WARN,
    STRICT
  }

  public WriteOptions {
    Objects.requireNonNull(fieldValidation, "fieldValidation");
    Objects.requireNonNull(warnings, "warnings");
    Objects.requireNonNull(fieldManager, "fieldManager");
    Objects.requireNonNull(guard, "guard");
    Objects.requireNonNull(author, "author");
  }

  /** The same, held against a writer. */
  public WriteOptions guardedBy(WriteGuard writer) {
    return new WriteOptions(dryRun, fieldValidation, warnings, fieldManager, force, writer, author);
  }

  /** The same, written by a user. */
  public WriteOptions by(Author writer) {
    return new WriteOptions(
        dryRun, fieldValidation, warnings, fieldManager, force, guard, Optional.of(writer));
  }
}
