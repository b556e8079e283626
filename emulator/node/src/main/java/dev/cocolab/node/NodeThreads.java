package dev.cocolab.node;

import dev.cocolab.node.pod.Timers;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads of one node: a pool for what blocks, one thread for what waits for its time. */
final class NodeThreads implements Timers, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeThreads.class);
  private static final long END_SECONDS = 5;

  private final ExecutorService pool;
  private final ScheduledExecutorService timer;

  NodeThreads(String name) {
    this.pool = Executors.newCachedThreadPool(named(name));
    this.timer = Executors.newSingleThreadScheduledExecutor(named(name + "-timer"));
  }

  ExecutorService pool() {
    return pool;
  }

  /** Repeats an action that may block until the threads are closed. */
  void every(Duration period, Runnable action) {
    after(
        period,
        () -> {
          pool.execute(action);
          every(period, action);
        });
  }

  @Override
  public Planned after(Duration delay, Runnable action) {
    try {
      ScheduledFuture<?> future = timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      log.debug("the node ends, nothing is planned any more");
      return () -> {};
    }
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void close() {
    timer.shutdownNow();
    pool.shutdown();
    try {
      if (!pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
