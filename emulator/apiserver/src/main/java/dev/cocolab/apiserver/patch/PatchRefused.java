package dev.cocolab.apiserver.patch;

/** A patch that cannot be applied; the message says which operation or directive and why. */
public final class PatchRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean malformed;

  private PatchRefused(String message, boolean malformed) {
    super(message);
    this.malformed = malformed;
  }

  /** The patch itself is wrong, whatever it is applied to. */
  static PatchRefused malformed(String message) {
    return new PatchRefused(message, true);
  }

  /** The patch does not fit this document. */
  static PatchRefused unfit(String message) {
    return new PatchRefused(message, false);
  }

  /** Whether no document could be patched with it. */
  public boolean isMalformed() {
    return malformed;
  }
}
