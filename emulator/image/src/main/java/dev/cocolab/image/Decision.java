package dev.cocolab.image;

import java.util.Objects;

/** What a {@link SignaturePolicy} says about an image. */
public sealed interface Decision {

  /** The image may run. */
  record Accepted() implements Decision {}

  /**
   * The image may not run.
   *
   * @param text what follows {@code Denied by policy: } in the guest's message; the same for every
   *     way in which a signature can fail
   * @param reason the check that failed
   * @param detail what it found, for the guest's log
   */
  record Refused(String text, ImageException.Reason reason, String detail) implements Decision {
    public Refused {
      Objects.requireNonNull(text, "text");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(detail, "detail");
    }
  }
}
