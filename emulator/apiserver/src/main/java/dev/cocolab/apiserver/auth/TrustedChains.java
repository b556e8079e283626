package dev.cocolab.apiserver.auth;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chains of client certificates whose signatures were found good. A connection shows its chain with
 * each request; the signatures need checking once, the dates each time. A chain is the same only if
 * each byte of its certificates is.
 */
final class TrustedChains {
  private static final int SIZE = 256;

  /** The time in which no certificate of a chain is too young or too old. */
  private record Window(Instant from, Instant until) {
    static Window of(List<Certificate> chain) {
      Instant from = Instant.MIN;
      Instant until = Instant.MAX;
      for (Certificate certificate : chain) {
        X509Certificate one = (X509Certificate) certificate;
        Instant begins = one.getNotBefore().toInstant();
        Instant ends = one.getNotAfter().toInstant();
        from = begins.isAfter(from) ? begins : from;
        until = ends.isBefore(until) ? ends : until;
      }
      return new Window(from, until);
    }

    boolean holds(Instant now) {
      return !now.isBefore(from) && !now.isAfter(until);
    }
  }

  private final Map<List<Certificate>, Window> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Certificate>, Window> eldest) {
          return size() > SIZE;
        }
      };

  /** Whether the chain was added and each of its certificates is valid now. */
  synchronized boolean contains(List<Certificate> chain, Instant now) {
    Window window = windows.get(chain);
    return window != null && window.holds(now);
  }

  synchronized void add(List<Certificate> chain) {
    windows.put(List.copyOf(chain), Window.of(chain));
  }
}
