package dev.cocolab.image;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves images for pull (OCI distribution specification 1.1, "Pull" and "Listing Tags") from OCI
 * layouts on disk, for as many registry names as were loaded: the Host header tells which is meant.
 * Writing is answered with 405 UNSUPPORTED. Single byte ranges of blobs are served.
 */
public final class RegistryServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryServer.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern ROUTE = Pattern.compile("/v2/(.+)/(manifests|blobs|tags)/([^/]+)");
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,18})-([0-9]{0,18})");
  private static final int SECONDS = 10;

  private final HttpServer server;
  private final InetAddress bind;
  private final RegistryContent content;

  private RegistryServer(HttpServer server, InetAddress bind, RegistryContent content) {
    this.server = server;
    this.bind = bind;
    this.content = content;
  }

  /** Listens on a free port; HTTPS when an identity is given. Blocks until the port is open. */
  public static RegistryServer start(
      Vertx vertx, InetAddress bind, Optional<ServerIdentity> identity) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(false)
            .setIdleTimeout(60)
            .setMaxInitialLineLength(8192);
    identity.ifPresent(
        own ->
            options
                .setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setKeyValue(Buffer.buffer(own.keyPem()))
                        .setCertValue(Buffer.buffer(own.certificatePem()))));
    RegistryContent content = new RegistryContent();
    HttpServer server =
        vertx
            .createHttpServer(options)
            .requestHandler(request -> receive(vertx, content, request))
            .invalidRequestHandler(RegistryServer::invalid);
    await(
        server.listen(0, bind.getHostAddress()).toCompletionStage().toCompletableFuture(),
        "listen");
    LOG.info("registry serves on {}:{}", bind.getHostAddress(), server.actualPort());
    return new RegistryServer(server, bind, content);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(bind, server.actualPort());
  }

  /**
   * Serves the layout's image under this name and returns the digest of what the name points to,
   * which is what a signature is for. Throws {@link ImageException} BAD_LAYOUT. The files must stay
   * as long as the server runs. A name that was loaded before points to the new image from now on.
   */
  public Digest load(Path ociLayout, ImageReference name) {
    OciLayout.Loaded image = OciLayout.load(ociLayout, name);
    content.add(name, image);
    return image.top().digest();
  }

  /** Keeps a signature beside the image it is for, in memory. */
  public void attach(CosignSignature signature) {
    store(
        signature.place(),
        MediaTypes.OCI_MANIFEST,
        signature.manifest(),
        List.of(signature.config(), signature.payload()));
  }

  /** Serves these bytes as they are, whatever they say. */
  void store(ImageReference name, String mediaType, byte[] manifest, List<byte[]> blobs) {
    content.add(name, OciLayout.StoredManifest.of(mediaType, manifest), blobs);
  }

  /**
   * Asks for this user and password at a repository, or at all below a prefix such as {@code
   * quay.io/private}.
   */
  public void protect(String namePrefix, String user, String password) {
    content.protect(namePrefix, user, password);
  }

  /** Answers when the request is whole; what it carries is read and dropped. */
  private static void receive(Vertx vertx, RegistryContent content, HttpServerRequest request) {
    request
        .end()
        .onSuccess(whole -> handle(vertx, content, request))
        .onFailure(broken -> error(request, 400, "UNSUPPORTED", "the request is malformed"));
  }

  private static void handle(Vertx vertx, RegistryContent content, HttpServerRequest request) {
    request.response().putHeader("Docker-Distribution-Api-Version", "registry/2.0");
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      error(request, 405, "UNSUPPORTED", "The operation is unsupported.");
      return;
    }
    if (request.path().equals("/v2/") || request.path().equals("/v2")) {
      body(request, "application/json", "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return;
    }
    Matcher route = ROUTE.matcher(request.path());
    if (!route.matches()) {
      error(request, 404, "NOT_FOUND", "page not found");
      return;
    }
    Optional<String> name = content.find(hostOf(request), route.group(1));
    if (name.isEmpty()) {
      error(request, 404, "NAME_UNKNOWN", "repository name not known to registry");
      return;
    }
    String authorization = request.getHeader("Authorization");
    if (!content.permits(name.get(), authorization == null ? "" : authorization)) {
      request.response().putHeader("WWW-Authenticate", "Basic realm=\"" + hostOf(request) + "\"");
      error(request, 401, "UNAUTHORIZED", "access to the requested resource is not authorized");
      return;
    }
    switch (route.group(2)) {
      case "manifests" -> manifest(content, request, name.get(), route.group(3));
      case "blobs" -> blob(vertx, content, request, name.get(), route.group(3));
      default -> tags(content, request, name.get(), route.group(3));
    }
  }

  private static String hostOf(HttpServerRequest request) {
    if (request.authority() == null) {
      return "";
    }
    int port = request.authority().port();
    return port <= 0 || port == 443 || port == 80
        ? request.authority().host()
        : request.authority().toString();
  }

  private static void manifest(
      RegistryContent content, HttpServerRequest request, String name, String reference) {
    Optional<OciLayout.StoredManifest> found = content.manifest(name, reference);
    if (found.isEmpty()) {
      error(request, 404, "MANIFEST_UNKNOWN", "manifest unknown");
      return;
    }
    request.response().putHeader("Docker-Content-Digest", found.get().digest().toString());
    body(request, found.get().mediaType(), found.get().bytes());
  }

  private static void tags(
      RegistryContent content, HttpServerRequest request, String name, String what) {
    if (!what.equals("list")) {
      error(request, 404, "NOT_FOUND", "page not found");
      return;
    }
    ObjectNode list = JSON.createObjectNode().put("name", name.substring(name.indexOf('/') + 1));
    content.tags(name).forEach(list.putArray("tags")::add);
    body(request, "application/json", JSON.writeValueAsBytes(list));
  }

  private static void blob(
      Vertx vertx, RegistryContent content, HttpServerRequest request, String name, String digest) {
    Optional<StoredBlob> found = content.blob(name, digest);
    if (found.isEmpty()) {
      error(request, 404, "BLOB_UNKNOWN", "blob unknown to registry");
      return;
    }
    StoredBlob blob = found.get();
    vertx
        .executeBlocking(blob::size)
        .onSuccess(size -> send(request, blob, digest, size))
        .onFailure(e -> error(request, 500, "UNKNOWN", "blob cannot be read"));
  }

  private static void send(HttpServerRequest request, StoredBlob blob, String digest, long size) {
    HttpServerResponse response = request.response();
    response.putHeader("Content-Type", MediaTypes.OCTET_STREAM);
    response.putHeader("Docker-Content-Digest", digest);
    response.putHeader("Accept-Ranges", "bytes");
    long first = 0;
    long last = size - 1;
    String wanted = request.getHeader("Range");
    Matcher range = RANGE.matcher(wanted == null ? "" : wanted);
    if (range.matches()) {
      first = Long.parseLong(range.group(1));
      last = range.group(2).isEmpty() ? last : Math.min(last, Long.parseLong(range.group(2)));
      if (first > last) {
        response.putHeader("Content-Range", "bytes */" + size);
        error(request, 416, "BLOB_UNKNOWN", "range not satisfiable");
        return;
      }
      response
          .setStatusCode(206)
          .putHeader("Content-Range", "bytes " + first + "-" + last + "/" + size);
    }
    long length = last - first + 1;
    response.putHeader("Content-Length", Long.toString(length));
    if (request.method().equals(HttpMethod.HEAD) || length == 0) {
      response.end();
    } else if (blob instanceof StoredBlob.InFile onDisk) {
      response
          .sendFile(onDisk.file().toString(), first, length)
          .onFailure(e -> LOG.debug("sending blob {}", digest, e));
    } else if (blob instanceof StoredBlob.InMemory small) {
      response.end(Buffer.buffer(small.bytes()).slice((int) first, (int) (last + 1)));
    }
  }

  /** The error form of the distribution specification, "Error Codes". */
  private static void error(HttpServerRequest request, int status, String code, String message) {
    ObjectNode root = JSON.createObjectNode();
    root.putArray("errors").addObject().put("code", code).put("message", message).putNull("detail");
    request.response().setStatusCode(status);
    body(request, "application/json", JSON.writeValueAsBytes(root));
  }

  private static void body(HttpServerRequest request, String mediaType, byte[] bytes) {
    HttpServerResponse response = request.response();
    response
        .putHeader("Content-Type", mediaType)
        .putHeader("Content-Length", Integer.toString(bytes.length));
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(Buffer.buffer(bytes));
    }
  }

  private static <T> T await(java.util.concurrent.CompletableFuture<T> future, String what) {
    try {
      return future.get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("registry: interrupted in " + what, e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("registry: cannot " + what, e);
    }
  }

  @Override
  public void close() {
    await(server.close().toCompletionStage().toCompletableFuture(), "close");
  }

  /** Vert.x closes the connection after a request that it cannot take, and would not say so. */
  private static void invalid(HttpServerRequest request) {
    request.response().putHeader("Connection", "close");
    HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
  }
}
