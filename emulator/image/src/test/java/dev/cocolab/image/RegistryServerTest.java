package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.cocolab.image.ImageException.Reason;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server against the JDK's HTTP client, addressed by its port. */
class RegistryServerTest {

  @TempDir Path directory;
  private Vertx vertx;
  private RegistryServer server;
  private byte[] layer;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    server = RegistryServer.start(vertx, InetAddress.getLoopbackAddress(), Optional.empty());
    byte[] tar = new TestLayers().file("f", "content").tar();
    layer = TestLayers.gzip(tar);
    server.load(TestLayers.layout(directory, tar), ImageReference.parse("quay.io/lab/app:1"));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void servesManifestsByTagAndDigestWithHead() throws Exception {
    HttpResponse<String> byTag = get("GET", "/v2/lab/app/manifests/1");
    String digest = byTag.headers().firstValue("Docker-Content-Digest").orElseThrow();

    assertThat(byTag.statusCode()).isEqualTo(200);
    assertThat(byTag.headers().firstValue("Content-Type"))
        .contains("application/vnd.oci.image.manifest.v1+json");
    assertThat(get("GET", "/v2/lab/app/manifests/" + digest).body()).isEqualTo(byTag.body());
    HttpResponse<String> head = get("HEAD", "/v2/lab/app/manifests/1");
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(byTag.body().length());
    assertThat(get("GET", "/v2/").body()).isEqualTo("{}");
    assertThat(get("GET", "/v2/lab/app/tags/list").body())
        .isEqualTo("{\"name\":\"lab/app\",\"tags\":[\"1\"]}");
  }

  @Test
  void servesRangesOfBlobs() throws Exception {
    String path = "/v2/lab/app/blobs/" + Digest.sha256(layer);
    HttpResponse<byte[]> all = bytes(path, "");
    HttpResponse<byte[]> part = bytes(path, "bytes=2-5");
    HttpResponse<byte[]> beyond = bytes(path, "bytes=" + layer.length + "-");

    assertThat(all.body()).isEqualTo(layer);
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(layer, 2, 6));
    assertThat(part.headers().firstValue("Content-Range")).contains("bytes 2-5/" + layer.length);
    assertThat(beyond.statusCode()).isEqualTo(416);
  }

  @Test
  void errorsAreOciErrorJson() throws Exception {
    assertThat(get("GET", "/v2/lab/app/manifests/none").body())
        .isEqualTo(
            "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\",\"detail\":null}]}");
    assertThat(get("GET", "/v2/lab/none/manifests/1").body()).contains("NAME_UNKNOWN");
    assertThat(get("GET", "/v2/lab/app/blobs/sha256:00").body()).contains("BLOB_UNKNOWN");
    assertThat(get("PUT", "/v2/lab/app/manifests/1").statusCode()).isEqualTo(405);
    assertThat(get("GET", "/v2/lab/app/blobs/..%2f..%2findex.json").statusCode()).isEqualTo(404);
    assertThat(get("GET", "/other").statusCode()).isEqualTo(404);
  }

  @Test
  void refusesWhatIsNoLayout() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(refusal(empty)).isEqualTo(Reason.BAD_LAYOUT);
    Path damaged = Files.createDirectory(directory.resolve("damaged"));
    TestLayers.layout(damaged, new TestLayers().file("f", "x").tar());
    try (var blobs = Files.list(damaged.resolve("blobs/sha256"))) {
      Files.delete(blobs.findFirst().orElseThrow());
    }
    assertThat(refusal(damaged)).isEqualTo(Reason.BAD_LAYOUT);
  }

  @Test
  void indexesThatShareTheirEntriesAreReadOnce() throws Exception {
    nested(3, 200);

    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> server.load(directory, ImageReference.parse("quay.io/lab/x:1")));
    HttpResponse<String> top = get("GET", "/v2/lab/x/manifests/1");
    assertThat(top.statusCode()).isEqualTo(200);
    assertThat(top.headers().firstValue("Content-Type")).contains(MediaTypes.OCI_INDEX);
  }

  @Test
  void refusesIndexesThatNestWithoutEnd() throws IOException {
    nested(40, 2);

    assertThat(refusal(directory)).isEqualTo(Reason.BAD_LAYOUT);
  }

  /** Each index lists the one below it so many times. */
  private void nested(int levels, int times) throws IOException {
    TestLayers.layout(directory, new TestLayers().file("f", "x").tar());
    String index = Files.readString(directory.resolve("index.json"));
    String entry = index.substring(index.indexOf('[') + 1, index.lastIndexOf(']'));
    for (int i = 0; i < levels; i++) {
      String all = String.join(",", Collections.nCopies(times, entry));
      byte[] bytes =
          ("{\"schemaVersion\":2,\"manifests\":[" + all + "]}").getBytes(StandardCharsets.UTF_8);
      entry =
          TestLayers.descriptor(
              MediaTypes.OCI_INDEX, TestLayers.blob(directory, bytes), bytes.length);
    }
    Files.writeString(directory.resolve("index.json"), "{\"manifests\":[" + entry + "]}");
  }

  private Reason refusal(Path layout) {
    return catchThrowableOfType(
            ImageException.class,
            () -> server.load(layout, ImageReference.parse("quay.io/lab/x:1")))
        .reason();
  }

  private HttpResponse<String> get(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(10))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<byte[]> bytes(String path, String range) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(10));
    if (!range.isEmpty()) {
      request.header("Range", range);
    }
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }
}
