package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.garbage.Footprint;
import dev.cocolab.garbage.Http2Preface;
import dev.cocolab.garbage.Http2Preface.Ending;
import dev.cocolab.garbage.Route;
import dev.cocolab.garbage.Storm;
import dev.cocolab.garbage.WireAnswer;
import dev.cocolab.garbage.WireRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Garbage on each path of the guest's API, see the property {@code cocolab.garbage}. */
class LoopbackGarbageTest {
  private static final Logger LOG = LoggerFactory.getLogger(LoopbackGarbageTest.class);
  private static final int PER_ROUTE = Integer.getInteger("cocolab.garbage", 40);
  private static final String SECRET = "line of a secret";

  @TempDir Path directory;

  @Test
  void onlyTheWholePathOfAResourceIsAnsweredWithIt() throws Exception {
    try (GuestFixture fixture = new GuestFixture(directory)) {
      fixture.broker.resources.put(
          "default/fraud-dataset/dataset_key", SECRET.getBytes(StandardCharsets.UTF_8));
      Path socket = directory.resolve("api.sock");
      try (GuestVm guest = fixture.bootWith("", "")) {
        guest.serveApi(socket);
        try (UnixRelay relay = UnixRelay.to(socket)) {
          storm(relay);
          assertThat(Http2Preface.send(SocketFactory.getDefault(), relay.address()))
              .isEqualTo(Ending.REFUSED);
        }
      }
    }
  }

  private static void storm(UnixRelay relay) {
    List<Route> routes =
        List.of(
            Route.of("GET", "/cdh/resource/default/fraud-dataset/dataset_key"),
            Route.of("GET", "/cdh/resource/default/unknown/key"),
            Route.of("GET", "/aa/token?token_type=kbs", "token_type"),
            Route.of("GET", "/aa/evidence?runtime_data=abc", "runtime_data", "encoding"),
            Route.of("POST", "/aa/aael")
                .json("{\"domain\":\"d\",\"operation\":\"o\",\"content\":\"c\"}"),
            Route.of("GET", "/info"),
            Route.of("GET", "/other"));
    Storm storm =
        new Storm(
            SocketFactory.getDefault(), relay.address(), List.of(), LoopbackGarbageTest::fault);
    // pools and caches fill as they are first used
    storm.blow(routes, 10, 1, 4);
    Footprint before = Footprint.now();

    storm.blow(routes, PER_ROUTE, 20260105, 4);

    LOG.info("guest: {}", storm);
    assertThat(storm.faults()).isEmpty();
    assertThat(before.isBack()).as("threads and descriptors are as before").isTrue();
  }

  /** The refusals of this API are 500 with a text, as upstream has them. */
  private static Optional<String> fault(Route route, WireRequest request, WireAnswer answer) {
    boolean version = answer.code() == 501 && request.framing() == WireRequest.Framing.AMBIGUOUS;
    boolean status = answer.code() == 500 && !answer.text().isBlank();
    if (answer.code() >= 500 && !version && !status && !request.method().equals("HEAD")) {
      return Optional.of("a failure of the server");
    }
    boolean secret = answer.text().contains(SECRET);
    return secret && !request.path().equals("/cdh/resource/default/fraud-dataset/dataset_key")
        ? Optional.of("a secret on another path")
        : Optional.empty();
  }
}
