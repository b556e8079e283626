package dev.cocolab.operators.control;

import dev.cocolab.operators.OperatorException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys waiting to be reconciled. A key is in the queue at most once and is never worked on by two
 * threads; a key that is added while it is being worked on is worked on once more. Nothing is
 * worked on before {@link #open()}. A failed key comes back after 5 ms, doubled with each failure
 * up to 30 s.
 */
public final class WorkQueue implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);
  private static final long FIRST_DELAY_MILLIS = 5;
  private static final long LONGEST_DELAY_MILLIS = 30_000;

  private enum State {
    QUEUED,
    RUNNING,
    RUNNING_AND_ADDED
  }

  private final String name;
  private final Reconciler reconciler;
  private final ScheduledExecutorService executor;
  private final Map<ObjectKey, State> states = new HashMap<>();
  private final Map<ObjectKey, Integer> failures = new HashMap<>();
  private boolean open;
  private boolean closed;

  /** The executor stays the caller's. */
  public WorkQueue(String name, ScheduledExecutorService executor, Reconciler reconciler) {
    this.name = Objects.requireNonNull(name, "name");
    this.reconciler = Objects.requireNonNull(reconciler, "reconciler");
    this.executor = Objects.requireNonNull(executor, "executor");
  }

  /** Begins to work on what has been added so far. */
  public void open() {
    synchronized (states) {
      open = true;
      for (Map.Entry<ObjectKey, State> entry : List.copyOf(states.entrySet())) {
        if (entry.getValue() == State.QUEUED) {
          submit(entry.getKey());
        }
      }
    }
  }

  public void add(ObjectKey key) {
    synchronized (states) {
      if (closed) {
        return;
      }
      State state = states.get(key);
      if (state == null) {
        states.put(key, State.QUEUED);
        if (open) {
          submit(key);
        }
      } else if (state == State.RUNNING) {
        states.put(key, State.RUNNING_AND_ADDED);
      }
    }
  }

  public void addAfter(ObjectKey key, Duration delay) {
    synchronized (states) {
      if (closed) {
        return;
      }
      try {
        var unused =
            executor.schedule(() -> add(key), Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("{}: {} dropped, the controller stops", name, key);
      }
    }
  }

  private void submit(ObjectKey key) {
    try {
      executor.execute(() -> work(key));
    } catch (RejectedExecutionException e) {
      states.remove(key);
      LOG.debug("{}: {} dropped, the controller stops", name, key);
    }
  }

  private void work(ObjectKey key) {
    synchronized (states) {
      if (closed) {
        return;
      }
      states.put(key, State.RUNNING);
    }
    Optional<Duration> again;
    try {
      again = reconciler.reconcile(key);
      synchronized (states) {
        failures.remove(key);
      }
    } catch (RuntimeException e) {
      again = Optional.of(afterFailure(key, e));
    }
    synchronized (states) {
      if (states.remove(key) == State.RUNNING_AND_ADDED) {
        add(key);
      }
    }
    again.ifPresent(delay -> addAfter(key, delay));
  }

  private Duration afterFailure(ObjectKey key, RuntimeException failure) {
    int count;
    synchronized (states) {
      if (closed) {
        return Duration.ZERO;
      }
      count = failures.merge(key, 1, Integer::sum);
    }
    long delay = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(count - 1, 20));
    if (isConflict(failure)) {
      LOG.debug("{}: {} changed meanwhile, trying again in {} ms", name, key, delay);
    } else if (count == 1 || delay == LONGEST_DELAY_MILLIS) {
      // What callers can act on needs no stack; anything else is a defect of ours.
      boolean foreseen =
          failure instanceof OperatorException || failure instanceof KubernetesClientException;
      LOG.atWarn()
          .setCause(foreseen ? null : failure)
          .log("{}: {} failed, trying again in {} ms: {}", name, key, delay, failure.getMessage());
    } else {
      LOG.debug(
          "{}: {} failed {} times, trying again in {} ms: {}",
          name,
          key,
          count,
          delay,
          failure.getMessage());
    }
    return Duration.ofMillis(delay);
  }

  private static boolean isConflict(RuntimeException failure) {
    return failure instanceof KubernetesClientException e && e.getCode() == 409;
  }

  @Override
  public void close() {
    synchronized (states) {
      closed = true;
      states.clear();
    }
  }
}
