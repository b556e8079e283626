package dev.cocolab.sandbox;

import java.util.Objects;

/**
 * Why this machine cannot run sandboxes.
 *
 * @param reason machine-readable
 * @param sentence for people; ends in the remedy
 */
public record Unfit(Reason reason, String sentence) {
  /** The kinds of refusal, each with a remedy of its own. */
  public enum Reason {
    NO_PERL,
    NAMESPACES_DISABLED,
    UNPRIVILEGED_NAMESPACES_OFF,
    APPARMOR,
    CONTAINER,
    MASKED_PROC,
    OVERLAY,
    KERNEL_TOO_OLD,
    PROCESSOR,
    UNKNOWN
  }

  /** Rejects null parts. */
  public Unfit {
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(sentence, "sentence");
  }
}
