package dev.cocolab.broker.appraisal;

import java.util.Objects;

/** What evidence must show of initdata. */
public sealed interface InitDataInput {
  /**
   * The digest alone; policies see nothing of the document.
   *
   * @param digest not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // neither changed nor compared as a record
  record Digest(byte[] digest) implements InitDataInput {}

  /**
   * The document.
   *
   * @param toml its text, exactly as measured
   */
  record Document(String toml) implements InitDataInput {
    /** Checks that nothing is missing. */
    public Document {
      Objects.requireNonNull(toml, "toml");
    }
  }
}
