package dev.cocolab.broker.session;

import java.time.Instant;

/** A handshake in progress or done, found through its cookie. */
public sealed interface Session {
  /** Random UUID without dashes, 32 lower-case hex digits; a secret of the guest. */
  String id();

  /** End of the session; fixed when the challenge is given. */
  Instant expires();

  /** A challenge was given. */
  record Authed(String id, Instant expires, String tee, String nonce) implements Session {
    /** Leaves the id out. */
    @Override
    public String toString() {
      return "Authed[tee=" + tee + ", expires=" + expires + "]";
    }
  }

  /** A token was issued. */
  record Attested(String id, Instant expires, String token) implements Session {
    /** Leaves id and token out. */
    @Override
    public String toString() {
      return "Attested[expires=" + expires + "]";
    }
  }
}
