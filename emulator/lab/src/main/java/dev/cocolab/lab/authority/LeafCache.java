package dev.cocolab.lab.authority;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Identities that were made a short time ago. Making one costs some milliseconds of elliptic
 * curves, and a lab needs a dozen.
 */
final class LeafCache {
  /** The names of a few labs that are open at once. */
  private static final int SIZE = 64;

  /** Far less than a certificate lives, so that a lab never starts with one that ends soon. */
  private static final Duration LIFE = Duration.ofDays(1);

  /** What a certificate says: subject, purpose (OID) and alternative names, each as text. */
  record Request(String subject, String purpose, String names) {}

  private record Made(Identity identity, Instant at) {
    /** Also not when the clock was turned back: the certificate could lie in the future. */
    boolean isFresh(Instant now) {
      return !now.isBefore(at) && now.isBefore(at.plus(LIFE));
    }
  }

  private final Map<Request, Made> made =
      new LinkedHashMap<>(SIZE, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Request, Made> eldest) {
          return size() > SIZE;
        }
      };

  synchronized Identity get(Request request, Instant now, Supplier<Identity> maker) {
    Made known = made.get(request);
    if (known == null || !known.isFresh(now)) {
      known = new Made(maker.get(), now);
      made.put(request, known);
    }
    return known.identity();
  }
}
