package dev.cocolab.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.garbage.Storm.Judge;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StormTest {
  private static final Route ROUTE =
      Route.of("POST", "/a/b?c=d", "e").json("{\"f\":[1,{\"g\":\"h\"}]}");

  @Test
  void theSameSeedMakesTheSameBytes() {
    GarbageRequests one = new GarbageRequests(7);
    GarbageRequests other = new GarbageRequests(7);
    for (int i = 0; i < 500; i++) {
      assertThat(one.next(ROUTE, List.of()).bytes())
          .isEqualTo(other.next(ROUTE, List.of()).bytes());
    }
  }

  /** A server that is wrong in one way: the storm has to notice. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK;Connection: close;Content-Length: 2;;hi|fine",
        "nonsense;;|no status line",
        "HTTP/1.1 200 OK;;|an answer without a length",
        "HTTP/1.0 200 OK;;hi|fine",
        "HTTP/1.1 200 OK;Content-Length: 9;;hi|an answer ends after 2 of 9 bytes",
        "HTTP/1.1 200 OK;Content-Length: 2;Content-Length: 2;;hi|two lengths",
        "HTTP/1.1 200 OK;Content-Length: 2;;hiHTTP/1.1 200 OK;Content-Length: 0;;|more than one",
        "HTTP/1.1 200 OK;Bad Name: x;Content-Length: 0;;|no header",
        "HTTP/1.1 200 OK;Connection: close;Transfer-Encoding: chunked;;2;hi;0;;|fine",
        "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;2;hix;|no end of a chunk"
      })
  void anAnswerThatIsNotWellFormedIsAFault(String answer, String verdict) throws Exception {
    List<String> faults = faults(answer.replace(";", "\r\n"));
    if (verdict.equals("fine")) {
      assertThat(faults).isEmpty();
    } else {
      assertThat(faults).isNotEmpty().allSatisfy(fault -> assertThat(fault).contains(verdict));
    }
  }

  @Test
  void severalConnectionsSendWhatOneSends() throws Exception {
    List<Route> routes = List.of(ROUTE, Route.of("GET", "/x"), Route.of("GET", "/y"));
    List<Set<String>> sent = new ArrayList<>();
    for (int connections : new int[] {1, 3}) {
      Set<String> seen = ConcurrentHashMap.newKeySet();
      answering(
          "HTTP/1.1 400 Bad;Connection: close;Content-Length: 0;;".replace(";", "\r\n"),
          (route, request, given) -> {
            seen.add(request.toString());
            return Optional.empty();
          },
          storm -> storm.blow(routes, 20, 1, connections));
      sent.add(seen);
    }
    assertThat(sent.get(0)).hasSizeGreaterThan(30).isEqualTo(sent.get(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 400 Bad;Content-Length: 0;;|REFUSED",
        "HTTP/2.0 501 No;Content-Length: 0;;|REFUSED",
        "HTTP/1.1 200 OK;Content-Length: 0;;|no single refusal",
        "HTTP/1.1 400 Bad;;HTTP/1.1 400 Bad;;|no single refusal",
        "hello|without a word",
        "''|CLOSED"
      })
  void aPrefaceOfHttp2NeedsOneEnd(String answer, String verdict) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> serving =
          CompletableFuture.runAsync(() -> serve(server, answer.replace(";", "\r\n")));
      InetSocketAddress address =
          new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
      String found;
      try {
        found = Http2Preface.send(SocketFactory.getDefault(), address).name();
      } catch (WireFault fault) {
        found = fault.getMessage();
      }
      assertThat(found).contains(verdict);
      server.close();
      serving.get();
    }
  }

  @Test
  void aClosedConnectionIsAFault() throws Exception {
    assertThat(faults("")).isNotEmpty().allSatisfy(f -> assertThat(f).contains("no answer"));
  }

  private static List<String> faults(String answer) throws Exception {
    return answering(
        answer,
        (route, request, given) ->
            given.code() == 200 ? Optional.empty() : Optional.of("another code"),
        storm -> storm.wellFormed(ROUTE, 3, 1));
  }

  private static List<String> answering(String answer, Judge judge, Consumer<Storm> sending)
      throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> serve(server, answer));
      Storm storm =
          new Storm(
              SocketFactory.getDefault(),
              new InetSocketAddress(server.getInetAddress(), server.getLocalPort()),
              List.of("Connection: close"),
              judge);
      sending.accept(storm);
      server.close();
      serving.get();
      return storm.faults();
    }
  }

  private static void serve(ServerSocket server, String answer) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        client.getInputStream().read(new byte[1 << 20]);
        client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException closed) {
        // the next round sees whether the server is meant
      }
    }
  }
}
