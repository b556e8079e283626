package dev.cocolab.blobstore;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blob server that listens.
 *
 * <p>Host style: {@code https://<account>.blob.core.windows.net/<container>/<blob>}, the account
 * taken from the Host header, so that one listener serves all accounts behind name resolution of
 * the lab. Path style: {@code http(s)://127.0.0.1:<port>/<account>/<container>/<blob>}, for a Host
 * that is an address or {@code localhost}. Contents live in memory and end with the server. Safe
 * for use by several threads.
 */
public final class BlobServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BlobServer.class);
  private static final int LARGEST_HEADER = 32 * 1024;
  private static final int LONGEST_REQUEST_LINE = 16 * 1024;
  private static final long START_STOP_SECONDS = 10;

  private final HttpServer http;
  private final BlobMemory memory;
  private final Map<String, StorageAccount> accounts;
  private final InetSocketAddress address;
  private final boolean https;

  private BlobServer(
      HttpServer http,
      BlobMemory memory,
      Map<String, StorageAccount> accounts,
      InetSocketAddress address,
      boolean https) {
    this.http = http;
    this.memory = memory;
    this.accounts = accounts;
    this.address = address;
    this.https = https;
  }

  /**
   * Starts to listen; returns when the port is bound.
   *
   * @throws BlobStoreException with {@code ADDRESS_UNAVAILABLE}, {@code BAD_TLS_IDENTITY} or {@code
   *     TIMEOUT}
   */
  public static BlobServer start(BlobServerOptions options) {
    Map<String, StorageAccount> accounts = new LinkedHashMap<>();
    options.accounts().forEach(account -> accounts.put(account.name(), account));
    boolean https = options.tls().isPresent();
    BlobMemory memory = new BlobMemory(options.limits(), options.clock());
    BlobHttp handler =
        new BlobHttp(
            options.vertx(),
            new Authorizer(accounts, options.clock(), https),
            new BlobService(memory),
            options.limits(),
            options.clock());
    HttpServer http =
        options
            .vertx()
            .createHttpServer(httpOptions(options))
            .requestHandler(handler::handle)
            .invalidRequestHandler(BlobServer::invalid);
    String where = options.bind().getHostAddress() + ":" + options.port();
    await(http.listen(options.port(), options.bind().getHostAddress()), where);
    InetSocketAddress address = new InetSocketAddress(options.bind(), http.actualPort());
    LOG.info(
        "blob store listens on {}://{}:{}",
        https ? "https" : "http",
        options.bind().getHostAddress(),
        http.actualPort());
    return new BlobServer(http, memory, Map.copyOf(accounts), address, https);
  }

  private static HttpServerOptions httpOptions(BlobServerOptions options) {
    HttpServerOptions http =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(false)
            .setMaxHeaderSize(LARGEST_HEADER)
            .setMaxInitialLineLength(LONGEST_REQUEST_LINE)
            .setHandle100ContinueAutomatically(true)
            .setIdleTimeout(Math.toIntExact(options.limits().idle().toMillis()))
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    options
        .tls()
        .ifPresent(
            tls ->
                http.setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .addCertValue(Buffer.buffer(tls.certificateChainPem()))
                            .addKeyValue(Buffer.buffer(tls.privateKeyPem()))));
    return http;
  }

  /** Where the server listens. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * The path-style endpoint of an account, for clients on this machine, without a slash at the end.
   */
  public URI endpoint(String account) {
    account(account);
    String host = address.getAddress().getHostAddress();
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return URI.create(
        (https ? "https://" : "http://") + literal + ":" + address.getPort() + "/" + account);
  }

  /** The host name under which an account is reached in host style. */
  public static String hostName(String account) {
    return account + RequestTarget.HOST_SUFFIX;
  }

  /**
   * Stores a block blob as its owner, creating the container where it is missing; an existing blob
   * is replaced.
   *
   * @throws BlobStoreException with {@code UNKNOWN_ACCOUNT}, {@code BAD_NAME} or {@code TOO_LARGE}
   */
  public void put(String account, String container, String blob, byte[] content) {
    account(account);
    try {
      RequestTarget.checkContainer(container);
      memory.checkSize(content.length);
      if (!memory.containerExists(account, container)) {
        createContainer(account, container);
      }
      Map<String, String> headers =
          Map.of(
              "Content-Type",
              "application/octet-stream",
              "Content-MD5",
              Signatures.md5(content, 0, content.length));
      memory.put(account, container, blob, content.clone(), headers, Map.of());
    } catch (RefusedException refused) {
      throw translate(refused, account + "/" + container + "/" + blob);
    }
  }

  /**
   * Signs a service SAS with the account's key.
   *
   * @return the query string without a leading question mark, ready to append to the blob's URL
   * @throws BlobStoreException with {@code UNKNOWN_ACCOUNT}
   */
  public String sas(String account, ServiceSas sas) {
    return account(account).sas(sas);
  }

  /**
   * Deletes a blob as its owner.
   *
   * @throws BlobStoreException with {@code UNKNOWN_ACCOUNT}, or {@code BAD_NAME} where there is
   *     none
   */
  public void delete(String account, String container, String blob) {
    account(account);
    try {
      memory.delete(account, container, blob);
    } catch (RefusedException refused) {
      throw translate(refused, account + "/" + container + "/" + blob);
    }
  }

  /** Stops listening and drops open connections. Does not close Vert.x. */
  @Override
  public void close() {
    await(http.close(), "close");
  }

  private void createContainer(String account, String container) {
    try {
      memory.createContainer(account, container);
    } catch (RefusedException race) {
      if (race.error() != BlobError.CONTAINER_ALREADY_EXISTS) {
        throw race;
      }
    }
  }

  private StorageAccount account(String name) {
    StorageAccount account = accounts.get(name);
    if (account == null) {
      throw new BlobStoreException(
          BlobStoreException.Reason.UNKNOWN_ACCOUNT, "no storage account named '" + name + "'");
    }
    return account;
  }

  private static BlobStoreException translate(RefusedException refused, String what) {
    BlobStoreException.Reason reason =
        refused.error() == BlobError.REQUEST_BODY_TOO_LARGE
            ? BlobStoreException.Reason.TOO_LARGE
            : BlobStoreException.Reason.BAD_NAME;
    return new BlobStoreException(reason, what + ": " + refused.error().message());
  }

  private static <T> void await(Future<T> future, String what) {
    try {
      future.toCompletionStage().toCompletableFuture().get(START_STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BlobStoreException(BlobStoreException.Reason.TIMEOUT, "interrupted: " + what, e);
    } catch (TimeoutException e) {
      throw new BlobStoreException(
          BlobStoreException.Reason.TIMEOUT, "blob store: " + what + " took too long", e);
    } catch (ExecutionException e) {
      boolean bind = e.getCause() instanceof BindException;
      throw new BlobStoreException(
          bind
              ? BlobStoreException.Reason.ADDRESS_UNAVAILABLE
              : BlobStoreException.Reason.BAD_TLS_IDENTITY,
          "blob store cannot listen on " + what + ": " + e.getCause().getMessage(),
          e.getCause());
    }
  }

  /** Vert.x closes the connection after a request that it cannot take, and would not say so. */
  private static void invalid(HttpServerRequest request) {
    request.response().putHeader("Connection", "close");
    HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
  }
}
