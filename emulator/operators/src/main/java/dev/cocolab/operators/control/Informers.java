package dev.cocolab.operators.control;

import dev.cocolab.operators.OperatorException;
import dev.cocolab.operators.OperatorException.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watches of a set of controllers; the first one starts ahead, all others in parallel, and they
 * stop together.
 */
public final class Informers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Informers.class);

  private record Watched(String kind, SharedIndexInformer<?> informer, boolean required) {}

  private final List<Watched> watched = new ArrayList<>();
  private volatile boolean closed;

  /** A kind without which the controllers cannot work. */
  public <T extends HasMetadata> SharedIndexInformer<T> require(
      String kind, Informable<T> source, ChangeHandler<? super T> handler) {
    return register(kind, source, handler, true);
  }

  /** A kind that an API server need not serve; it is passed over then. */
  public <T extends HasMetadata> SharedIndexInformer<T> allow(
      String kind, Informable<T> source, ChangeHandler<? super T> handler) {
    return register(kind, source, handler, false);
  }

  private synchronized <T extends HasMetadata> SharedIndexInformer<T> register(
      String kind, Informable<T> source, ChangeHandler<? super T> handler, boolean required) {
    SharedIndexInformer<T> informer =
        source
            .runnableInformer(0)
            .addEventHandler(handler)
            .exceptionHandler((started, failure) -> retries(kind, started, failure));
    watched.add(new Watched(kind, informer, required));
    return informer;
  }

  private boolean retries(String kind, boolean started, Throwable failure) {
    if (closed) {
      return false;
    }
    LOG.debug("watch of {} interrupted: {}", kind, failure.toString());
    return started || !notServed(failure);
  }

  private static boolean notServed(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof KubernetesClientException e && e.getCode() == 404) {
        return true;
      }
    }
    return false;
  }

  /**
   * Starts the first watch, then all others at once, whose connections resume its TLS session;
   * returns when each has its first list.
   *
   * @throws OperatorException KIND_NOT_SERVED or START_TIMEOUT; nothing keeps running then
   */
  public void start(Duration timeout) {
    List<Watched> all;
    synchronized (this) {
      all = List.copyOf(watched);
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      if (!all.isEmpty()) {
        await(all.get(0), start(all.get(0)), deadline, timeout);
      }
      List<Watched> others = all.stream().skip(1).toList();
      List<CompletableFuture<Void>> starting = others.stream().map(Informers::start).toList();
      for (int i = 0; i < others.size(); i++) {
        await(others.get(i), starting.get(i), deadline, timeout);
      }
    } catch (OperatorException e) {
      close();
      throw e;
    }
  }

  private static CompletableFuture<Void> start(Watched watched) {
    return watched.informer().start().toCompletableFuture();
  }

  private static void await(
      Watched watched, CompletableFuture<Void> starting, long deadline, Duration timeout) {
    try {
      starting.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (watched.required()) {
        throw new OperatorException(
            notServed(e) ? Reason.KIND_NOT_SERVED : Reason.API,
            "the API server does not let "
                + watched.kind()
                + " be watched: "
                + e.getCause().getMessage(),
            e);
      }
      LOG.info("{} cannot be watched on this API server and is passed over", watched.kind());
    } catch (TimeoutException e) {
      throw new OperatorException(
          Reason.START_TIMEOUT,
          "the API server did not list " + watched.kind() + " within " + timeout.toSeconds() + " s",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperatorException(Reason.START_TIMEOUT, "interrupted while starting", e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (Watched w : watched) {
      w.informer().stop();
    }
    watched.clear();
  }
}
