package dev.cocolab.garbage;

import dev.cocolab.garbage.Storm.Judge;
import dev.cocolab.garbage.WireRequest.Framing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.SocketFactory;

/**
 * One request after the other on one connection, as long as the server keeps it and the request
 * ends where both sides agree that it ends.
 */
final class Gust implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final SocketFactory sockets;
  private final InetSocketAddress server;
  private final Judge judge;
  private final Consumer<WireAnswer> answered;
  private final Consumer<String> faults;
  private Optional<WireConnection> open = Optional.empty();
  private Optional<Exchange> before = Optional.empty();

  /** A request and what came back. */
  private record Exchange(WireRequest request, List<WireAnswer> answers) {
    @Override
    public String toString() {
      return request + " -> " + answers;
    }
  }

  Gust(
      SocketFactory sockets,
      InetSocketAddress server,
      Judge judge,
      Consumer<WireAnswer> answered,
      Consumer<String> faults) {
    this.sockets = sockets;
    this.server = server;
    this.judge = judge;
    this.answered = answered;
    this.faults = faults;
  }

  void one(Route route, WireRequest request, String where) {
    if (request.framing() != Framing.WELL_FORMED) {
      close();
    }
    // What the connection was used for before may be why it is closed now.
    Optional<Exchange> earlier = open.flatMap(used -> before);
    try {
      List<WireAnswer> answers = exchange(request);
      Optional<String> fault = fault(route, request, answers);
      fault.ifPresent(text -> note(text, where, route, request, earlier, "\n  -> " + answers));
      if (request.framing() != Framing.WELL_FORMED || fault.isPresent()) {
        close();
      }
      before = Optional.of(new Exchange(request, answers));
    } catch (WireFault | IOException e) {
      note(e.toString(), where, route, request, earlier, "");
      close();
    }
  }

  private void note(
      String fault,
      String where,
      Route route,
      WireRequest request,
      Optional<Exchange> earlier,
      String answers) {
    faults.accept(
        fault
            + "\n  "
            + where
            + " of "
            + route
            + ": "
            + request
            + earlier.map(used -> "\n  after " + used).orElse("")
            + answers);
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
            && !connection.ended()
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
    close();
    return answers;
  }

  private Optional<String> fault(Route route, WireRequest request, List<WireAnswer> answers) {
    answers.forEach(answered);
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

  @Override
  public void close() {
    open.ifPresent(WireConnection::close);
    open = Optional.empty();
  }
}
