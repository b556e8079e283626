package dev.cocolab.apiserver.kubelet;

import dev.cocolab.apiserver.KubeletAccess;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import dev.cocolab.apiserver.store.ObjectStore;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * Container logs from the kubelet of the pod's node: {@code GET /containerLogs/ns/pod/container}
 * over mutual TLS, streamed as it comes, so that {@code follow} works.
 */
public final class KubeletLogs {
  private static final long HEAD_TIMEOUT_MILLIS = 10_000;
  private static final int KEEP_ALIVE_SECONDS = 30;
  private static final int MAX_ERROR = 64 * 1024;

  /** To one kubelet: who follows a log holds a connection for as long. */
  private static final int MAX_CONNECTIONS = 1024;

  private static final List<String> PARAMETERS =
      List.of(
          "follow",
          "limitBytes",
          "previous",
          "sinceSeconds",
          "sinceTime",
          "tailLines",
          "timestamps");

  private final ObjectStore store;
  private final Optional<HttpClient> client;

  public KubeletLogs(Vertx vertx, ObjectStore store, Optional<KubeletAccess> access) {
    this.store = store;
    this.client = access.map(known -> client(vertx, known));
  }

  private static HttpClient client(Vertx vertx, KubeletAccess access) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(true)
            .setVerifyHost(true)
            .setConnectTimeout(5_000)
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(access.client().certificatePem()))
                    .addKeyValue(Buffer.buffer(access.client().keyPem())))
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(access.caPem())));
    return vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS));
  }

  /**
   * Answers with the log of a container.
   *
   * @param pod the pod
   * @param parameters query of the request
   * @param into the answer, not yet begun
   * @param failure told when the log cannot be had, as long as the answer has not begun
   */
  public void answer(
      ObjectNode pod,
      MultiMap parameters,
      HttpServerResponse into,
      Consumer<ApiException> failure) {
    LogOptions.check(Trees.textOrEmpty(pod, "metadata", "name"), parameters);
    String container = Containers.choose(pod, parameters.get("container"));
    String node = Trees.textOrEmpty(pod, "spec", "nodeName");
    if (node.isEmpty()) {
      into.setStatusCode(204).end();
      return;
    }
    KubeletAddress address = KubeletAddress.of(store, node);
    HttpClient kubelet =
        client.orElseThrow(
            () ->
                ApiException.of(
                    Reason.SERVICE_UNAVAILABLE, "this server has no access to kubelets"));
    QueryStringEncoder query =
        new QueryStringEncoder(
            "/containerLogs/"
                + Trees.textOrEmpty(pod, "metadata", "namespace")
                + "/"
                + Trees.textOrEmpty(pod, "metadata", "name")
                + "/"
                + container);
    for (String name : PARAMETERS) {
      String value = parameters.get(name);
      if (value != null) {
        query.addParam(name, value);
      }
    }
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(address.host())
            .setPort(address.port())
            .setURI(query.toString())
            .setTimeout(HEAD_TIMEOUT_MILLIS);
    String url = address.url(query.toString());
    kubelet
        .request(request)
        .compose(
            sent -> {
              into.closeHandler(gone -> sent.reset());
              return sent.send();
            })
        .onSuccess(response -> relay(response, into, failure))
        .onFailure(
            cause ->
                failure.accept(
                    ApiException.internalPlain("Get \"" + url + "\": " + cause.getMessage())));
  }

  private static void relay(
      HttpClientResponse response, HttpServerResponse into, Consumer<ApiException> failure) {
    if (response.statusCode() == 200) {
      into.setChunked(true).putHeader("Content-Type", "text/plain");
      into.writeHead();
      // a broken kubelet connection breaks the answer too, so that the client sees that the log is
      // cut short
      response.pipe().endOnFailure(false).to(into).onFailure(broken -> into.reset());
      return;
    }
    Buffer text = Buffer.buffer();
    response.handler(
        part -> {
          if (text.length() + part.length() <= MAX_ERROR) {
            text.appendBuffer(part);
          }
        });
    response.exceptionHandler(broken -> failure.accept(ApiException.internal(broken.getMessage())));
    response.endHandler(
        done ->
            failure.accept(
                refusal(response.statusCode(), text.toString(StandardCharsets.UTF_8).strip())));
  }

  private static ApiException refusal(int code, String text) {
    return switch (code) {
      case 400 -> ApiException.badRequest(text);
      case 404 ->
          ApiException.of(Reason.NOT_FOUND, text.isEmpty() ? "the log was not found" : text);
      default -> ApiException.internal("the kubelet answered " + code + ": " + text);
    };
  }

  /** Closes connections to kubelets. */
  public void close() {
    client.ifPresent(HttpClient::close);
  }
}
