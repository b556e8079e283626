package dev.cocolab.broker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The last appraisals and accesses of a broker, for reports and explanations. It outlives restarts
 * of the broker, as the party that reads it does. Safe for use by several threads.
 */
public final class AttestationJournal {
  /** How many entries of each kind are kept unless stated otherwise. */
  public static final int DEFAULT_CAPACITY = 1000;

  private final int capacity;
  private final AtomicLong ids = new AtomicLong();
  private final Deque<Appraisal> appraisals = new ArrayDeque<>();
  private final Deque<Access> accesses = new ArrayDeque<>();
  private final List<Consumer<Appraisal>> appraisalListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<Access>> accessListeners = new CopyOnWriteArrayList<>();

  /** A journal that keeps {@link #DEFAULT_CAPACITY} entries of each kind. */
  public AttestationJournal() {
    this(DEFAULT_CAPACITY);
  }

  /** A journal that keeps {@code capacity} entries of each kind and forgets the oldest. */
  public AttestationJournal(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be positive");
    }
    this.capacity = capacity;
  }

  /** Appraisals, oldest first. */
  public List<Appraisal> appraisals() {
    synchronized (appraisals) {
      return List.copyOf(appraisals);
    }
  }

  /** Accesses, oldest first. */
  public List<Access> accesses() {
    synchronized (accesses) {
      return List.copyOf(accesses);
    }
  }

  /**
   * The appraisal of a request.
   *
   * @param requestId value of the answer's header {@code x-cocolab-request-id}
   * @return empty when that was none, or is no longer kept
   */
  public Optional<Appraisal> appraisal(String requestId) {
    return appraisals().stream().filter(a -> a.requestId().equals(requestId)).findFirst();
  }

  /** The access of a request, likewise. */
  public Optional<Access> access(String requestId) {
    return accesses().stream().filter(a -> a.requestId().equals(requestId)).findFirst();
  }

  /** Why a request was answered as it was, likewise. */
  public Optional<Explanation> explain(String requestId) {
    return access(requestId)
        .map(Explain::explain)
        .or(() -> appraisal(requestId).map(Explain::explain));
  }

  /** Calls the listener after each appraisal, on the broker's thread; it must return soon. */
  public void onAppraisal(Consumer<Appraisal> listener) {
    appraisalListeners.add(Objects.requireNonNull(listener, "listener"));
  }

  /** Calls the listener after each access, on the broker's thread; it must return soon. */
  public void onAccess(Consumer<Access> listener) {
    accessListeners.add(Objects.requireNonNull(listener, "listener"));
  }

  long nextId() {
    return ids.incrementAndGet();
  }

  void record(Appraisal appraisal) {
    synchronized (appraisals) {
      if (appraisals.size() == capacity) {
        appraisals.removeFirst();
      }
      appraisals.addLast(appraisal);
    }
    appraisalListeners.forEach(listener -> listener.accept(appraisal));
  }

  void record(Access access) {
    synchronized (accesses) {
      if (accesses.size() == capacity) {
        accesses.removeFirst();
      }
      accesses.addLast(access);
    }
    accessListeners.forEach(listener -> listener.accept(access));
  }
}
