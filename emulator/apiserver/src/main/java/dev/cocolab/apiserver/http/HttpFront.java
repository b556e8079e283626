package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.ApiServerOptions;
import dev.cocolab.apiserver.auth.Authenticator;
import dev.cocolab.apiserver.auth.ClientCertificates;
import dev.cocolab.apiserver.auth.ServiceAccountTokens;
import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.discovery.DiscoveryDocuments;
import dev.cocolab.apiserver.discovery.OpenApiDocuments;
import dev.cocolab.apiserver.discovery.OpenApiSchemas;
import dev.cocolab.apiserver.kubelet.KubeletLogs;
import dev.cocolab.apiserver.kubelet.KubeletStreams;
import dev.cocolab.apiserver.rbac.Escalation;
import dev.cocolab.apiserver.rbac.RbacAuthorizer;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.resource.EventExpiry;
import dev.cocolab.apiserver.resource.ResourceService;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.table.TableRenderer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening side: TLS with HTTP/2 and HTTP/1.1, and the handlers behind it. */
public final class HttpFront {
  /** Bound for the headers of a request in HTTP/1.1 and, with its path, in HTTP/2. */
  private static final int MAX_HEADERS = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
  private static final int CLOSING_SECONDS = 2;
  private static final long SWEEP_MILLIS = 60_000;

  private final Vertx vertx;
  private final ApiServerOptions options;
  private final ApiRouter router;
  private final WatchHandler watches;
  private final KubeletLogs logs;
  private final KubeletStreams streams;
  private final Optional<ClientCertificates> certificates;
  private final EventExpiry expiry;
  private Optional<HttpServer> server = Optional.empty();
  private long sweep = -1;

  public HttpFront(
      ApiServerOptions options,
      ResourceService service,
      ResourceRegistry registry,
      ApiTypes types,
      BodyDecoder decoder,
      RbacAuthorizer authorizer) {
    this.vertx = options.vertx();
    this.options = options;
    this.certificates =
        options.clientCaPem().map(pem -> new ClientCertificates(pem, options.clock()));
    ServiceAccountTokens tokens =
        new ServiceAccountTokens(
            options.tokenKey(),
            options.keys(),
            options.clock(),
            new BoundObjects(service.store(), options.clock()));
    Authenticator authenticator = new Authenticator(options.tokens(), certificates, tokens);
    Access access = new Access(authorizer);
    Rendering rendering = new Rendering(new TableRenderer(options.clock()));
    this.expiry = new EventExpiry(service.store(), options.clock());
    this.watches = new WatchHandler(vertx, service.store(), rendering);
    this.logs = new KubeletLogs(vertx, service.store(), options.kubelet());
    this.streams = new KubeletStreams(vertx, service.store(), options.kubelet());
    TransientBody transients = new TransientBody(decoder, types);
    ResourceHandler objects =
        new ResourceHandler(
            service,
            decoder,
            rendering,
            watches,
            new WriteChecks(access, new Escalation(authorizer), new SignerRights(authorizer)),
            transients);
    ApiRouter.Handlers handlers =
        new ApiRouter.Handlers(
            objects,
            new SubresourceHandler(
                service,
                objects,
                decoder,
                rendering,
                logs,
                new StreamHandler(service, streams),
                new TokenHandler(service, tokens),
                transients),
            new ReviewHandler(transients, authenticator, authorizer),
            new NonResourceHandler(
                new DiscoveryDocuments(registry),
                new OpenApiDocuments(registry, new OpenApiSchemas(types))));
    this.router =
        new ApiRouter(
            new Requester(authenticator, access),
            access,
            registry,
            handlers,
            new BodyReader(vertx));
  }

  /** Listens; the future holds the port. */
  public Future<Integer> listen() {
    HttpServer made = vertx.createHttpServer(serverOptions());
    made.requestHandler(router).invalidRequestHandler(HttpFront::invalid);
    made.exceptionHandler(broken -> LOG.debug("a connection failed", broken));
    server = Optional.of(made);
    // Events of a server before this one may be old already.
    expiry.sweep();
    sweep = vertx.setPeriodic(SWEEP_MILLIS, id -> expiry.sweep());
    return made.listen(options.port(), options.bind().getHostAddress()).map(HttpServer::actualPort);
  }

  private HttpServerOptions serverOptions() {
    HttpServerOptions settings =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(options.serving().certificatePem()))
                    .addKeyValue(Buffer.buffer(options.serving().keyPem())))
            .setMaxInitialLineLength(16 * 1024)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxWebSocketFrameSize(1024 * 1024)
            .setWebSocketClosingTimeout(CLOSING_SECONDS)
            .setWebSocketSubProtocols(StreamHandler.PROTOCOLS)
            .setPerMessageWebSocketCompressionSupported(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setHandle100ContinueAutomatically(true);
    settings.getInitialSettings().setMaxHeaderListSize(MAX_HEADERS);
    certificates.ifPresent(
        known ->
            settings
                .setClientAuth(ClientAuth.REQUEST)
                .setTrustOptions(TrustOptions.wrap(new LateTrust(known.authorities()))));
    return settings;
  }

  /** Ends watches and connections, then stops listening. */
  public Future<Void> close() {
    vertx.cancelTimer(sweep);
    watches.close();
    logs.close();
    streams.close();
    return server.map(HttpServer::close).orElseGet(Future::succeededFuture);
  }

  /** Vert.x closes the connection after a request that it cannot take, and would not say so. */
  private static void invalid(HttpServerRequest request) {
    request.response().putHeader("Connection", "close");
    HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
  }
}
