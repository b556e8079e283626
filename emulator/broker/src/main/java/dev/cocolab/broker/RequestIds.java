package dev.cocolab.broker;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names the requests of one broker, each differently, also after a restart: eight random bytes of
 * the broker and a number, both in hex. The journal finds what it knows of a request by it. No
 * secret: whoever knows one gets nothing by it from the broker.
 */
final class RequestIds {
  /** The header of every answer. */
  static final String HEADER = "x-cocolab-request-id";

  private static final int PREFIX_BYTES = 8;

  private final String prefix;
  private final AtomicLong count = new AtomicLong();

  RequestIds(SecureRandom random) {
    byte[] bytes = new byte[PREFIX_BYTES];
    random.nextBytes(bytes);
    this.prefix = HexFormat.of().formatHex(bytes) + "-";
  }

  String next() {
    return prefix + Long.toHexString(count.incrementAndGet());
  }
}
