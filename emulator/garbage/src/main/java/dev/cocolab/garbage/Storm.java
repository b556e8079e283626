package dev.cocolab.garbage;

import dev.cocolab.garbage.WireRequest.Framing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import javax.net.SocketFactory;

/**
 * Sends garbage to each route of a server, one request after the other, and notes every answer that
 * should not be. What holds for all servers is judged here: one well-formed answer in time, no
 * failure of the server, no success for what is no HTTP. The rest is the {@link Judge}'s.
 */
public final class Storm {
  private static final int MAX_FAULTS = 40;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final SocketFactory sockets;
  private final InetSocketAddress server;
  private final List<String> identity;
  private final Judge judge;
  private final List<String> faults = new ArrayList<>();
  private final Map<Integer, Long> codes = new TreeMap<>();
  private Optional<WireConnection> open = Optional.empty();
  private String before = "";
  private long sent;

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
    for (Route route : routes) {
      long own = seed * 31 + route.toString().hashCode();
      GarbageRequests garbage = new GarbageRequests(own);
      for (int i = 0; i < perRoute && faults.size() < MAX_FAULTS; i++) {
        one(route, garbage.next(route, identity), "seed " + own + " request " + i);
      }
    }
    disconnect();
  }

  /** Sends only requests that are well-formed HTTP, for servers that judge nothing else. */
  void wellFormed(Route route, int count, long seed) {
    GarbageRequests garbage = new GarbageRequests(seed);
    for (int i = 0; i < count; ) {
      WireRequest request = garbage.next(route, identity);
      if (request.framing() == Framing.WELL_FORMED && request.method().equals(route.method())) {
        one(route, request, "seed " + seed + " request " + i++);
      }
    }
    disconnect();
  }

  private void one(Route route, WireRequest request, String where) {
    sent++;
    if (request.framing() != Framing.WELL_FORMED) {
      disconnect();
    }
    // What the connection was used for before may be why it is closed now.
    String about =
        where
            + " of "
            + route
            + ": "
            + request
            + open.map(used -> "\n  after " + before).orElse("");
    try {
      List<WireAnswer> answers = exchange(request);
      Optional<String> fault = fault(route, request, answers);
      fault.ifPresent(text -> faults.add(text + "\n  " + about + "\n  -> " + answers));
      if (request.framing() != Framing.WELL_FORMED || fault.isPresent()) {
        disconnect();
      }
      before = request + " -> " + answers;
    } catch (WireFault | IOException e) {
      faults.add(e + "\n  " + about);
      disconnect();
    }
  }

  private List<WireAnswer> exchange(WireRequest request) throws IOException, WireFault {
    WireConnection connection =
        open.isPresent() ? open.get() : new WireConnection(sockets, server, LIMIT);
    open = Optional.of(connection);
    connection.send(request.bytes());
    if (request.framing() == Framing.TRUNCATED) {
      connection.endOutput();
    }
    List<WireAnswer> answers = new ArrayList<>();
    Optional<WireAnswer> first = connection.answer(request.method(), request.mayStream());
    first.ifPresent(answers::add);
    boolean keep =
        first.isPresent()
            && first.get().whole()
            && first.get().code() != 101
            && !first.get().header("connection").equalsIgnoreCase("close");
    if (request.framing() == Framing.WELL_FORMED && keep) {
      if (connection.hasMore()) {
        throw new WireFault("more than one answer");
      }
      return answers;
    }
    if (request.framing() == Framing.BROKEN || request.framing() == Framing.TRUNCATED) {
      connection.endOutput();
      for (Optional<WireAnswer> more = connection.answer("GET", false);
          more.isPresent();
          more = connection.answer("GET", false)) {
        answers.add(more.get());
      }
    }
    disconnect();
    return answers;
  }

  private void disconnect() {
    open.ifPresent(WireConnection::close);
    open = Optional.empty();
  }

  private Optional<String> fault(Route route, WireRequest request, List<WireAnswer> answers) {
    answers.forEach(answer -> codes.merge(answer.code(), 1L, Long::sum));
    if (answers.isEmpty()) {
      return request.framing() == Framing.TRUNCATED
          ? Optional.empty()
          : Optional.of("no answer, the connection was closed");
    }
    boolean one = answers.size() == 1;
    WireAnswer first = answers.get(0);
    if (!one && request.framing() != Framing.AMBIGUOUS) {
      return Optional.of(answers.size() + " answers");
    }
    if (request.framing() == Framing.BROKEN && first.code() < 400) {
      return Optional.of("what is no HTTP was served");
    }
    return judge.fault(route, request, first);
  }

  /** What was wrong, with the request that shows it; empty is good. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /** Requests and answers by status code, for people. */
  @Override
  public String toString() {
    return sent + " requests, answers " + codes + ", " + faults.size() + " faults";
  }
}
