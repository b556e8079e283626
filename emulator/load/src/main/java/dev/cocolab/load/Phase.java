package dev.cocolab.load;

import java.util.Locale;

/** The parts of one attestation, in their order. */
public enum Phase {
  /** TCP, and the TLS handshake where there is one; only when a connection is opened. */
  CONNECT(true),
  /** {@code POST /kbs/v0/auth}: from the first byte sent to the last received. */
  AUTH(true),
  /** The client makes its evidence; work of the client alone. */
  EVIDENCE(false),
  /** {@code POST /kbs/v0/attest}. */
  ATTEST(true),
  /** {@code GET /kbs/v0/resource/…}. */
  RESOURCE(true),
  /** The client opens the encrypted resource; work of the client alone. */
  DECRYPT(false);

  private final boolean waiting;

  Phase(boolean waiting) {
    this.waiting = waiting;
  }

  /** Whether the client waits for the server in this phase: then it is part of the latency. */
  public boolean waiting() {
    return waiting;
  }

  /** The name in JSON. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
