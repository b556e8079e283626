package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.garbage.Footprint;
import dev.cocolab.garbage.Http2Preface;
import dev.cocolab.garbage.Http2Preface.Ending;
import dev.cocolab.garbage.Route;
import dev.cocolab.garbage.Storm;
import dev.cocolab.garbage.Storm.Judge;
import dev.cocolab.garbage.WireAnswer;
import dev.cocolab.garbage.WireRequest;
import dev.cocolab.garbage.WireRequest.Framing;
import dev.cocolab.protocol.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Garbage on each route of the broker, see the property {@code cocolab.garbage}: nobody is attested
 * by it, nothing is handed out and nothing is written.
 */
class GarbageTest {
  private static final Logger LOG = LoggerFactory.getLogger(GarbageTest.class);
  private static final int PER_ROUTE = Integer.getInteger("cocolab.garbage", 60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path root;
  private TestBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(root);
    broker.resourcePolicy("package policy\nallow := true\n");
    broker.resource("default/key/1", "shhhhhhh".getBytes(StandardCharsets.UTF_8));
    broker.start();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private List<Route> routes(String attestation) {
    String request = new String(Request.of("sample").toJson(), StandardCharsets.UTF_8);
    String policy =
        "{\"policy\":\"cGFja2FnZSBwb2xpY3k\",\"type\":\"rego\",\"policy_id\":\"default\"}";
    return List.of(
        Route.of("GET", "/healthz"),
        Route.of("POST", "/kbs/v0/auth").json(request),
        Route.of("POST", "/kbs/v0/attest").json(attestation),
        Route.of("GET", "/kbs/v0/resource/default/key/1"),
        Route.of("POST", "/kbs/v0/resource/default/key/1").body("application/octet-stream", "x"),
        Route.of("DELETE", "/kbs/v0/resource/default/key/1"),
        Route.of("PUT", "/kbs/v0/resource/default/key/1"),
        Route.of("POST", "/kbs/v0/attestation-policy").json(policy),
        Route.of("POST", "/kbs/v0/resource-policy").json(policy),
        Route.of("GET", "/kbs/v0/resource-policy"),
        Route.of("GET", "/kbs/v0/reference-value/x"),
        Route.of("POST", "/kbs/v0/reference-value")
            .json("{\"version\":\"0.1.0\",\"type\":\"sample\",\"payload\":\"e30=\"}"),
        Route.of("GET", "/kbs/v0/attestation-policy"),
        Route.of("GET", "/kbs/v0/"),
        Route.of("GET", "/metrics"));
  }

  @Test
  void garbageIsRefusedAndChangesNothing() throws Exception {
    TestGuest guest = new TestGuest(broker.url());
    guest.auth();
    String attestation = new String(guest.attestation().toJson(), StandardCharsets.UTF_8);
    Map<String, byte[]> before = files();
    Storm storm =
        new Storm(SocketFactory.getDefault(), broker.address(), List.of(), GarbageTest::fault);
    Footprint footprint = Footprint.now();

    storm.blow(routes(attestation), PER_ROUTE, 20260102, 4);

    LOG.info("broker: {}", storm);
    assertThat(storm.faults()).isEmpty();
    assertThat(broker.journal.accesses()).noneMatch(Access::granted);
    assertThat(files()).usingRecursiveComparison().isEqualTo(before);
    assertThat(footprint.isBack()).as("threads and descriptors are as before").isTrue();
    guest.handshake();
    assertThat(guest.open(guest.resource("default/key/1")))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("shhhhhhh");
  }

  private static Optional<String> fault(Route route, WireRequest request, WireAnswer answer) {
    Optional<String> wrong = Judge.serving(GarbageTest::maySucceed).fault(route, request, answer);
    boolean api =
        request.target().startsWith("/kbs/v0/") && request.framing() == Framing.WELL_FORMED;
    boolean own = List.of(401, 403, 404).contains(answer.code());
    if (wrong.isPresent() || !api || !own || request.method().equals("HEAD")) {
      return wrong;
    }
    try {
      JsonNode error = JSON.readTree(answer.body());
      boolean stated = error.path("type").isString() && error.path("detail").isString();
      return stated ? Optional.empty() : Optional.of("an error without type and detail");
    } catch (JacksonException notJson) {
      return Optional.of("an error that is no JSON");
    }
  }

  /** Health and metrics for everybody, and a challenge for whoever asks for one. */
  private static boolean maySucceed(WireRequest request) {
    return (List.of("/healthz", "/metrics").contains(request.path())
            && request.method().equals("GET"))
        || (request.path().matches("(?s)/kbs/v0/auth(/.*)?")
            && request.method().equals("POST")
            && !request.unreadable());
  }

  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        content.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return content;
  }

  @Test
  void whoSpeaksHttp2AtOnceIsToldTheEnd() throws Exception {
    assertThat(Http2Preface.send(SocketFactory.getDefault(), broker.address()))
        .isIn(Ending.REFUSED, Ending.GOAWAY);
  }
}
