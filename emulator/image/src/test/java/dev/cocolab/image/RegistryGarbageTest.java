package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.garbage.Footprint;
import dev.cocolab.garbage.Http2Preface;
import dev.cocolab.garbage.Http2Preface.Ending;
import dev.cocolab.garbage.Route;
import dev.cocolab.garbage.Storm;
import dev.cocolab.garbage.Storm.Judge;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Garbage on each endpoint of the registry, see the property {@code cocolab.garbage}. */
class RegistryGarbageTest {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryGarbageTest.class);
  private static final int PER_ROUTE = Integer.getInteger("cocolab.garbage", 60);

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private RegistryServer server;
  private byte[] layer;

  @BeforeEach
  void start() throws Exception {
    server = RegistryServer.start(vertx, InetAddress.getLoopbackAddress(), Optional.empty());
    byte[] tar = new TestLayers().file("f", "content").tar();
    layer = TestLayers.gzip(tar);
    Path layout = TestLayers.layout(directory, tar);
    server.load(layout, ImageReference.parse("quay.io/lab/app:1"));
    server.load(layout, ImageReference.parse("quay.io/private/app:1"));
    server.protect("quay.io/private", "user", "secret");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void garbageReadsWhatIsPublicAndNothingElse() throws Exception {
    String blob = "/blobs/" + Digest.sha256(layer);
    List<Route> routes =
        List.of(
            Route.of("GET", "/v2/"),
            Route.of("GET", "/v2/lab/app/manifests/1"),
            Route.of("GET", "/v2/lab/app" + blob),
            Route.of("GET", "/v2/lab/app/tags/list", "n", "last"),
            Route.of("HEAD", "/v2/lab/app" + blob),
            Route.of("PUT", "/v2/lab/app/manifests/1").json("{\"schemaVersion\":2}"),
            Route.of("POST", "/v2/lab/app/blobs/uploads/", "mount", "from", "digest"),
            Route.of("DELETE", "/v2/lab/app/manifests/1"),
            Route.of("GET", "/v2/private/app/manifests/1"),
            Route.of("GET", "/v2/private/app" + blob));
    Storm storm =
        new Storm(
            SocketFactory.getDefault(),
            server.address(),
            List.of(),
            Judge.serving(
                request ->
                    Set.of("GET", "HEAD").contains(request.method())
                        && request.path().matches("/v2/?|/v2/lab/app/(manifests|blobs|tags)/.*")));
    Footprint before = Footprint.now();

    storm.blow(routes, PER_ROUTE, 20260104, 4);

    LOG.info("registry: {}", storm);
    assertThat(storm.faults()).isEmpty();
    assertThat(before.isBack()).as("threads and descriptors are as before").isTrue();
  }

  @Test
  void whoSpeaksHttp2AtOnceIsToldTheEnd() throws Exception {
    assertThat(Http2Preface.send(SocketFactory.getDefault(), server.address()))
        .isIn(Ending.REFUSED, Ending.GOAWAY);
  }
}
