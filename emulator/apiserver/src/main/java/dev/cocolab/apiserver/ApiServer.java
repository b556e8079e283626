package dev.cocolab.apiserver;

import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.http.HttpFront;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.rbac.AggregatedRoles;
import dev.cocolab.apiserver.rbac.BootstrapRoles;
import dev.cocolab.apiserver.rbac.RbacAuthorizer;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.resource.ObjectIdentity;
import dev.cocolab.apiserver.resource.ResourceService;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.store.MemoryObjectStore;
import dev.cocolab.apiserver.store.ObjectLog;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The server, listening. Objects live in memory and end with it, unless a data folder keeps them.
 * Several servers may run in one JVM.
 *
 * <p>Not to be started or closed on an event loop: both wait.
 */
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final long WAIT_SECONDS = 20;

  private final HttpFront front;
  private final AggregatedRoles aggregated;
  private final Optional<ObjectLog> disk;
  private final URI url;

  private ApiServer(
      HttpFront front, AggregatedRoles aggregated, Optional<ObjectLog> disk, URI url) {
    this.front = front;
    this.disk = disk;
    this.aggregated = aggregated;
    this.url = url;
  }

  /**
   * Starts to listen; returns when the first request can be answered.
   *
   * @throws ApiServerException when the address cannot be had, certificate or key cannot be used,
   *     or the data folder is in use, damaged or of another version
   */
  public static ApiServer start(ApiServerOptions options) {
    Optional<ObjectLog> disk = options.data().map(ObjectLog::open);
    try {
      return start(options, disk);
    } catch (RuntimeException e) {
      disk.ifPresent(ObjectLog::close);
      throw e;
    }
  }

  private static ApiServer start(ApiServerOptions options, Optional<ObjectLog> disk) {
    ApiTypes types = ApiTypes.load();
    ResourceRegistry registry = new ResourceRegistry();
    BodyDecoder decoder = new BodyDecoder(types, registry);
    ResourceService service =
        new ResourceService(
            disk.map(log -> new MemoryObjectStore(options.eventLogSize(), log))
                .orElseGet(() -> new MemoryObjectStore(options.eventLogSize())),
            registry,
            types,
            decoder,
            new ObjectIdentity(options.clock(), options.names()));
    RbacAuthorizer authorizer = new RbacAuthorizer(service.store());
    AggregatedRoles aggregated =
        new AggregatedRoles(service.store(), work -> options.vertx().runOnContext(v -> work.run()));
    HttpFront front = new HttpFront(options, service, registry, types, decoder, authorizer);
    // Nobody connects to the wildcard address; who is on this machine uses the loopback address.
    InetAddress reached =
        options.bind().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : options.bind();
    String host = reached.getHostAddress();
    try {
      // TLS starts on the event loop while this thread sets up the objects
      Future<Integer> listening = front.listen();
      service.createSystemNamespaces();
      options.clientCaPem().ifPresent(pem -> publishClientAuthority(service, registry, pem));
      BootstrapRoles.forEach(
          (plural, object) ->
              service.createIfAbsent(registry.builtIn(BootstrapRoles.GROUP, plural), object));
      aggregated.reconcile();
      int port = await(listening);
      String shown = host.contains(":") ? "[" + host + "]" : host;
      ApiServer server =
          new ApiServer(front, aggregated, disk, URI.create("https://" + shown + ":" + port));
      LOG.info("API server listens on {}", server.url);
      return server;
    } catch (ApiServerException e) {
      front.close();
      throw e;
    } catch (RuntimeException e) {
      front.close();
      throw new ApiServerException(
          ApiServerException.Reason.CANNOT_LISTEN,
          "the API server cannot listen on "
              + options.bind().getHostAddress()
              + ":"
              + options.port()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** Kubelets and other servers learn here which authority signs this server's own certificate. */
  private static void publishClientAuthority(
      ResourceService service, ResourceRegistry registry, String pem) {
    ObjectNode map = Trees.object();
    map.putObject("metadata")
        .put("name", "extension-apiserver-authentication")
        .put("namespace", "kube-system");
    map.putObject("data").put("client-ca-file", pem);
    service.createIfAbsent(registry.builtIn("", "configmaps"), map);
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new CompletionException("no answer within " + WAIT_SECONDS + " seconds", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException("interrupted", e);
    }
  }

  /** {@code https://address:port}, without a trailing slash. */
  public URI url() {
    return url;
  }

  /** Ends all watches and stops listening. */
  @Override
  public void close() {
    aggregated.close();
    try {
      await(front.close());
    } catch (CompletionException e) {
      LOG.warn("the API server did not close in order", e);
    }
    disk.ifPresent(ObjectLog::close);
  }
}
