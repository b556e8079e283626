package dev.cocolab.lab;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work that is done on a thread of its own while the caller goes on. */
final class SideBySide {
  /** The first start of all builds images, which takes a minute on a slow machine. */
  private static final long LIMIT_SECONDS = 300;

  private final String name;

  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private SideBySide(String name) {
    this.name = name;
  }

  static SideBySide start(String name, Runnable work) {
    SideBySide beside = new SideBySide(name);
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

  /** Work that is done already. */
  static SideBySide nothing() {
    SideBySide beside = new SideBySide("nothing");
    beside.done.complete(null);
    return beside;
  }

  /** Waits for the end and throws what the work threw. */
  void await() {
    try {
      done.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw new LabException(
            LabException.Reason.NOT_READY,
            "%s is not done after %d s".formatted(name, LIMIT_SECONDS),
            e);
      }
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw e;
    }
  }
}
