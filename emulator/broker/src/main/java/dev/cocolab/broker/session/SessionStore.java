package dev.cocolab.broker.session;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The sessions of a broker, in memory: upstream writes them to its storage, which a broker in a pod
 * loses at every restart as well. Bounded: the oldest session gives way. Safe for use by several
 * threads.
 */
public final class SessionStore {
  /** How many sessions are kept at most; about 3 KiB each. */
  public static final int CAPACITY = 10_000;

  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final Clock clock;
  private final SecureRandom random;
  private final Duration lifetime;

  /** An empty store whose sessions live for {@code lifetime}. */
  public SessionStore(Clock clock, SecureRandom random, Duration lifetime) {
    this.clock = Objects.requireNonNull(clock, "clock");
    this.random = Objects.requireNonNull(random, "random");
    this.lifetime = Objects.requireNonNull(lifetime, "lifetime");
  }

  /** Opens a session for a challenge. */
  public synchronized Session.Authed open(String tee, String nonce) {
    sweep();
    Instant expires = clock.instant().plus(lifetime);
    Session.Authed session = new Session.Authed(freshId(), expires, tee, nonce);
    sessions.put(session.id(), session);
    return session;
  }

  /** The session of a cookie, also when it has expired. */
  public synchronized Optional<Session> find(String id) {
    return Optional.ofNullable(sessions.get(id));
  }

  /** Whether a session's time is over. */
  public boolean isExpired(Session session) {
    return session.expires().isBefore(clock.instant());
  }

  /** Forgets a session. */
  public synchronized void remove(String id) {
    sessions.remove(id);
  }

  /** Keeps the token that a session earned; the session's end stays what it was. */
  public synchronized Session.Attested attest(Session.Authed session, String token) {
    Session.Attested attested = new Session.Attested(session.id(), session.expires(), token);
    sessions.replace(session.id(), attested);
    return attested;
  }

  private void sweep() {
    Iterator<Session> oldest = sessions.values().iterator();
    while (oldest.hasNext()) {
      if (!isExpired(oldest.next()) && sessions.size() < CAPACITY) {
        return;
      }
      oldest.remove();
    }
  }

  /** A version 4 UUID without dashes. */
  private String freshId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    id[6] = (byte) ((id[6] & 0x0f) | 0x40);
    id[8] = (byte) ((id[8] & 0x3f) | 0x80);
    return HexFormat.of().formatHex(id);
  }
}
