package dev.cocolab.node.container;

import dev.cocolab.sandbox.PodSandbox;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Probes over the network, from the node to the pod's address. As the kubelet does, certificates
 * are not checked and a redirect counts as success.
 */
final class NetworkProbe {
  private final Vertx vertx;
  private final Container container;
  private final String podIp;
  private final Optional<PodSandbox> sandbox;

  /**
   * @param sandbox where the container's ports are; empty for a program of the lab itself, which
   *     listens at the pod's address on this machine
   */
  NetworkProbe(Vertx vertx, Container container, String podIp, Optional<PodSandbox> sandbox) {
    this.vertx = vertx;
    this.container = container;
    this.podIp = podIp;
    this.sandbox = sandbox;
  }

  static Duration timeout(Probe probe) {
    return Duration.ofSeconds(probe.getTimeoutSeconds() == null ? 1 : probe.getTimeoutSeconds());
  }

  Optional<String> run(Probe probe) {
    try {
      if (probe.getHttpGet() != null) {
        return http(probe.getHttpGet(), timeout(probe));
      }
      if (probe.getTcpSocket() != null) {
        return tcp(port(probe.getTcpSocket().getPort()), timeout(probe));
      }
      return Optional.of("missing probe handler");
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> http(HTTPGetAction action, Duration timeout) {
    boolean tls = "HTTPS".equals(action.getScheme());
    String path = action.getPath() == null || action.getPath().isEmpty() ? "/" : action.getPath();
    int port = port(action.getPort());
    String url = (tls ? "https" : "http") + "://" + podIp + ":" + port + path;
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(tls)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setKeepAlive(false)
                .setConnectTimeout((int) timeout.toMillis()));
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(podIp)
            .setPort(port)
            .setURI(path)
            .setTimeout(timeout.toMillis())
            .putHeader("User-Agent", "kube-probe/1.32")
            .putHeader("Accept", "*/*");
    for (HTTPHeader header : action.getHttpHeaders()) {
      request.putHeader(header.getName(), header.getValue());
    }
    try {
      int status =
          client
              .request(request)
              .compose(sent -> sent.send())
              .map(response -> response.statusCode())
              .toCompletionStage()
              .toCompletableFuture()
              .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return status >= 200 && status < 400
          ? Optional.empty()
          : Optional.of("HTTP probe failed with statuscode: " + status);
    } catch (ExecutionException e) {
      String reason = tcp(port, timeout).orElse(String.valueOf(e.getCause().getMessage()));
      return Optional.of("Get \"" + url + "\": " + reason);
    } catch (TimeoutException e) {
      return Optional.of(
          "Get \""
              + url
              + "\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } finally {
      client.close();
    }
  }

  private Optional<String> tcp(int port, Duration timeout) {
    String dial = "dial tcp " + podIp + ":" + port + ": ";
    try {
      dial(port, timeout);
      return Optional.empty();
    } catch (SocketTimeoutException e) {
      return Optional.of(dial + "i/o timeout");
    } catch (ConnectException e) {
      String reason = String.valueOf(e.getMessage());
      return Optional.of(
          dial + "connect: " + (reason.contains("refused") ? "connection refused" : reason));
    } catch (IOException e) {
      return Optional.of(dial + e.getMessage());
    }
  }

  /** Not through the pod's address on this machine, where a relay accepts for a sandbox. */
  private void dial(int port, Duration timeout) throws IOException {
    if (sandbox.isPresent()) {
      sandbox.get().connect(podIp, port, timeout).close();
      return;
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(podIp, port), (int) timeout.toMillis());
    }
  }

  private int port(IntOrString port) {
    if (port == null) {
      throw new IllegalArgumentException("the probe names no port");
    }
    if (port.getIntVal() != null) {
      return port.getIntVal();
    }
    return container.getPorts().stream()
        .filter(each -> port.getStrVal().equals(each.getName()))
        .map(ContainerPort::getContainerPort)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("couldn't find port " + port.getStrVal()));
  }
}
