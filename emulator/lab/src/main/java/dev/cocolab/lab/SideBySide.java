package dev.cocolab.lab;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Work that is done on a thread of its own while the caller goes on. */
final class SideBySide {
  private static final long LIMIT_SECONDS = 60;

  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private SideBySide() {}

  static SideBySide start(String name, Runnable work) {
    SideBySide beside = new SideBySide();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
                beside.done.complete(null);
              } catch (RuntimeException | Error e) {
                beside.done.completeExceptionally(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return beside;
  }

  /** Waits for the end and throws what the work threw. */
  void await() {
    try {
      done.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw e;
    }
  }
}
