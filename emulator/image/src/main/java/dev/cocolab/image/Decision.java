package dev.cocolab.image;

import java.util.Objects;

/** What a {@link SignaturePolicy} says about an image. */
public sealed interface Decision {

  /** The image may run. */
  record Accepted() implements Decision {}

  /**
   * The image may not run.
   *
   * @param text what follows {@code Denied by policy: } in the guest's message
   */
  record Refused(String text) implements Decision {
    public Refused {
      Objects.requireNonNull(text, "text");
    }
  }
}
