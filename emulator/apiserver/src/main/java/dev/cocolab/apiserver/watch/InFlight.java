package dev.cocolab.apiserver.watch;

import io.vertx.core.Future;

/**
 * Bytes that are written and not yet with the kernel. Vert.x bounds its queue by messages; an event
 * may have a mebibyte. For use on one event loop.
 */
final class InFlight {
  private static final int MOST = 256 * 1024;

  private long bytes;
  private Runnable drained = () -> {};

  boolean isFull() {
    return bytes > MOST;
  }

  void onDrain(Runnable action) {
    drained = action;
  }

  /** Counts a write until it is done or has failed. */
  void add(int size, Future<Void> write) {
    bytes += size;
    write.onComplete(
        done -> {
          boolean full = isFull();
          bytes -= size;
          if (full && !isFull()) {
            drained.run();
          }
        });
  }
}
