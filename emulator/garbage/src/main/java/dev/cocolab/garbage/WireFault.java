package dev.cocolab.garbage;

/** What a server sent is no well-formed answer, or came too late, or not at all. */
public final class WireFault extends Exception {
  private static final long serialVersionUID = 1L;

  WireFault(String message) {
    super(message);
  }
}
