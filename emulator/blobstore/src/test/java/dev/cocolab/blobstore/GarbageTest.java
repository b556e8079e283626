package dev.cocolab.blobstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.garbage.Footprint;
import dev.cocolab.garbage.Http2Preface;
import dev.cocolab.garbage.Http2Preface.Ending;
import dev.cocolab.garbage.Route;
import dev.cocolab.garbage.Storm;
import dev.cocolab.garbage.Storm.Judge;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Garbage on each operation, see the property {@code cocolab.garbage}. */
class GarbageTest {
  private static final Logger LOG = LoggerFactory.getLogger(GarbageTest.class);
  private static final int PER_ROUTE = Integer.getInteger("cocolab.garbage", 60);
  private static final byte[] TEXT = "Salted__ and the rest".getBytes(StandardCharsets.UTF_8);
  private static final List<String> PARAMETERS =
      List.of(
          "comp",
          "restype",
          "sv",
          "sr",
          "sp",
          "se",
          "st",
          "sig",
          "blockid",
          "prefix",
          "marker",
          "maxresults",
          "include",
          "delimiter");

  private final StorageAccount account =
      StorageAccount.generate("encrypteddatasets", new SecureRandom());
  private final Vertx vertx = Vertx.vertx();
  private BlobServer server;

  @BeforeEach
  void start() {
    server = BlobServer.start(BlobServerOptions.builder(vertx).account(account).build());
    server.put(account.name(), "data", "dataset1.csv.enc", TEXT);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static Route route(String method, String path) {
    return new Route(
        method,
        path,
        "application/octet-stream",
        method.equals("PUT") ? "content" : "",
        PARAMETERS);
  }

  private static List<Route> routes(String sas) {
    String blob = "/encrypteddatasets/data/dataset1.csv.enc";
    String container = "/encrypteddatasets/data?restype=container";
    return List.of(
        route("GET", blob + "?" + sas),
        route("HEAD", blob + "?" + sas),
        route("PUT", blob + "?" + sas),
        route("PUT", blob + "?comp=block&blockid=AAAA&" + sas),
        route("PUT", blob + "?comp=blocklist&" + sas)
            .body("application/xml", "<BlockList><Latest>AAAA</Latest></BlockList>"),
        route("PUT", blob + "?comp=metadata&" + sas),
        route("DELETE", blob + "?" + sas),
        route("GET", container + "&comp=list&" + sas),
        route("PUT", container + "&" + sas),
        route("DELETE", container + "&" + sas),
        route("GET", "/encrypteddatasets?comp=list&" + sas),
        route("GET", "/"));
  }

  private String readSas() {
    Instant now = Instant.now();
    return server.sas(
        account.name(),
        new ServiceSas(
            "data",
            Optional.of("dataset1.csv.enc"),
            "r",
            Optional.of(now.minusSeconds(900)),
            now.plusSeconds(3600),
            false));
  }

  private byte[] content(String sas) throws Exception {
    URI blob =
        URI.create(
            "http://127.0.0.1:"
                + server.address().getPort()
                + "/encrypteddatasets/data/dataset1.csv.enc?"
                + sas);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(blob).timeout(Duration.ofSeconds(10)).build(),
            BodyHandlers.ofByteArray())
        .body();
  }

  private void blow(String sas, Judge judge) {
    Storm storm =
        new Storm(
            SocketFactory.getDefault(),
            server.address(),
            List.of(),
            (route, request, answer) ->
                // the service's own word for an operation that it does not have
                answer.code() == 501 && answer.header("x-ms-error-code").equals("NotImplemented")
                    ? Optional.empty()
                    : judge.fault(route, request, answer));
    Footprint before = Footprint.now();
    storm.blow(routes(sas), PER_ROUTE, 20260103, 4);
    LOG.info("blob store: {}", storm);
    assertThat(storm.faults()).isEmpty();
    assertThat(before.isBack()).as("threads and descriptors are as before").isTrue();
  }

  @Test
  void nobodyGetsAnythingWithoutASignature() throws Exception {
    blow("sv=2022-11-02&sr=b&sp=rwdl&se=2099-01-01&sig=garbage", Judge.serving(request -> false));
    assertThat(content(readSas())).isEqualTo(TEXT);
  }

  @Test
  void whoMayReadReadsAndNoMore() throws Exception {
    blow(
        readSas(),
        Judge.serving(
            request ->
                Set.of("GET", "HEAD").contains(request.method())
                    && request.path().equals("/encrypteddatasets/data/dataset1.csv.enc")));
    assertThat(content(readSas())).isEqualTo(TEXT);
  }

  @Test
  void whoSpeaksHttp2AtOnceIsToldTheEnd() throws Exception {
    assertThat(Http2Preface.send(SocketFactory.getDefault(), server.address()))
        .isIn(Ending.REFUSED, Ending.GOAWAY);
  }
}
