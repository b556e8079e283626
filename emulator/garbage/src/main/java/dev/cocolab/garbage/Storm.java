package dev.cocolab.garbage;

import dev.cocolab.garbage.WireRequest.Framing;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import javax.net.SocketFactory;

/**
 * Sends garbage to each route of a server, on each connection one request after the other, and
 * notes every answer that should not be. What holds for all servers is judged here: one well-formed
 * answer in time, no failure of the server, no success for what is no HTTP. The rest is the {@link
 * Judge}'s.
 */
public final class Storm {
  private static final int MAX_FAULTS = 40;

  private final SocketFactory sockets;
  private final InetSocketAddress server;
  private final List<String> identity;
  private final Judge judge;
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final Map<Integer, Long> codes = new ConcurrentSkipListMap<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();

  /** Knows what the server should have answered. */
  @FunctionalInterface
  public interface Judge {
    /** What is wrong with the answer; empty when nothing is. */
    Optional<String> fault(Route route, WireRequest request, WireAnswer answer);

    /**
     * Refuses failures of the server, and successes that should not be.
     *
     * @param maySucceed whether a request may have an answer below 400
     */
    static Judge serving(Predicate<WireRequest> maySucceed) {
      return (route, request, answer) -> {
        // an unknown version of HTTP is answered by the library
        boolean version = answer.code() == 501 && request.framing() == Framing.AMBIGUOUS;
        if (answer.code() >= 500 && !version) {
          return Optional.of("a failure of the server");
        }
        return answer.code() < 400 && !maySucceed.test(request)
            ? Optional.of("a success that should not be")
            : Optional.empty();
      };
    }
  }

  /**
   * @param identity header lines that say who asks
   */
  public Storm(
      SocketFactory sockets, InetSocketAddress server, List<String> identity, Judge judge) {
    this.sockets = sockets;
    this.server = server;
    this.identity = List.copyOf(identity);
    this.judge = judge;
  }

  /** Sends a number of requests to each route; the same seed sends the same. */
  public void blow(List<Route> routes, int perRoute, long seed) {
    blow(routes, perRoute, seed, 1);
  }

  /**
   * The same on several connections at a time, each of which takes one route after the other. The
   * judge is then asked by several threads.
   */
  public void blow(List<Route> routes, int perRoute, long seed, int connections) {
    long begun = System.nanoTime();
    AtomicInteger next = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int at = next.getAndIncrement();
                    at < routes.size();
                    at = next.getAndIncrement()) {
                  blow(routes.get(at), perRoute, seed);
                }
              },
              "garbage-" + i);
      thread.setUncaughtExceptionHandler((where, broken) -> fault("the judge: " + broken));
      thread.start();
      threads.add(thread);
    }
    threads.forEach(Storm::join);
    nanos.addAndGet(System.nanoTime() - begun);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a storm", stop);
    }
  }

  private void blow(Route route, int perRoute, long seed) {
    long own = seed * 31 + route.toString().hashCode();
    GarbageRequests garbage = new GarbageRequests(own);
    try (Gust gust = gust()) {
      for (int i = 0; i < perRoute && faults.size() < MAX_FAULTS; i++) {
        sent.incrementAndGet();
        gust.one(route, garbage.next(route, identity), "seed " + own + " request " + i);
      }
    }
  }

  /** Sends only requests that are well-formed HTTP, for servers that judge nothing else. */
  void wellFormed(Route route, int count, long seed) {
    GarbageRequests garbage = new GarbageRequests(seed);
    try (Gust gust = gust()) {
      for (int i = 0; i < count; ) {
        WireRequest request = garbage.next(route, identity);
        if (request.framing() == Framing.WELL_FORMED && request.method().equals(route.method())) {
          sent.incrementAndGet();
          gust.one(route, request, "seed " + seed + " request " + i++);
        }
      }
    }
  }

  private Gust gust() {
    return new Gust(sockets, server, judge, this::answered, this::fault);
  }

  private void answered(WireAnswer answer) {
    codes.merge(answer.code(), 1L, Long::sum);
  }

  private void fault(String text) {
    faults.add(text);
  }

  /** What was wrong, with the request that shows it; empty is good. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /** Requests, time and answers by status code, for people. */
  @Override
  public String toString() {
    return sent
        + " requests in "
        + nanos.get() / 1_000_000
        + " ms, answers "
        + codes
        + ", "
        + faults.size()
        + " faults";
  }
}
