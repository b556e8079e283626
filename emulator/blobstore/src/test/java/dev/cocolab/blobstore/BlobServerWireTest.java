package dev.cocolab.blobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes on the wire: host style over TLS, error documents, and clients that misbehave. */
class BlobServerWireTest {

  private static final byte[] TEXT = "Salted__ and the rest".getBytes(StandardCharsets.UTF_8);

  private final StorageAccount account =
      StorageAccount.generate("encrypteddatasets", new SecureRandom());
  private final Vertx vertx = Vertx.vertx();
  private Optional<BlobServer> server = Optional.empty();

  @BeforeEach
  void start() {
    startWith(BlobServerOptions.builder(vertx).account(account));
  }

  private void startWith(BlobServerOptions.Builder options) {
    server.ifPresent(BlobServer::close);
    server = Optional.of(BlobServer.start(options.build()));
    server.get().put(account.name(), "data", "dataset1.csv.enc", TEXT);
  }

  @AfterEach
  void stop() throws Exception {
    server.ifPresent(BlobServer::close);
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private Socket connect() throws IOException {
    Socket socket =
        new Socket(server.get().address().getAddress(), server.get().address().getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private String exchange(String request) throws IOException {
    try (Socket socket = connect()) {
      return exchange(socket, request);
    }
  }

  private static String exchange(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private String get(String uri, String host) {
    return "GET " + uri + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
  }

  private String readSas(boolean httpsOnly) {
    Instant now = Instant.now();
    return server
        .get()
        .sas(
            account.name(),
            new ServiceSas(
                "data",
                Optional.of("dataset1.csv.enc"),
                "r",
                Optional.of(now.minusSeconds(900)),
                now.plusSeconds(600),
                httpsOnly));
  }

  @Test
  void servesHostStyleByTheHostHeader() throws IOException {
    String answer =
        exchange(
            get(
                "/data/dataset1.csv.enc?" + readSas(false),
                "encrypteddatasets.blob.core.windows.net:443"));

    assertThat(answer)
        .startsWith("HTTP/1.1 200 OK")
        .endsWith(new String(TEXT, StandardCharsets.UTF_8));
    assertThat(answer)
        .containsIgnoringCase("ETag: \"0x8D")
        .containsIgnoringCase("Last-Modified: ")
        .containsIgnoringCase("x-ms-blob-type: BlockBlob")
        .containsIgnoringCase("x-ms-request-id: ")
        .containsIgnoringCase("x-ms-version: ")
        .containsIgnoringCase("Date: ");
  }

  @Test
  void aPermissionToCreateDoesNotOutliveTheCreationByAnother() throws Exception {
    // With one event loop, an answer shows that earlier heads have been dealt with.
    Vertx single = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      startWith(BlobServerOptions.builder(single).account(account));
      createWhileAnotherDoes();
    } finally {
      server.ifPresent(BlobServer::close);
      server = Optional.empty();
      single.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private void createWhileAnotherDoes() throws IOException {
    String sas =
        server
            .get()
            .sas(
                account.name(),
                new ServiceSas(
                    "data",
                    Optional.of("new"),
                    "rc",
                    Optional.empty(),
                    Instant.now().plusSeconds(600),
                    false));
    String host = " HTTP/1.1\r\nHost: encrypteddatasets.blob.core.windows.net\r\n";
    String head =
        "PUT /data/new?"
            + sas
            + host
            + "x-ms-blob-type: BlockBlob\r\nExpect: 100-continue\r\n"
            + "Content-Length: 4\r\nConnection: close\r\n\r\n";

    try (Socket slow = connect()) {
      slow.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      slow.getOutputStream().flush();
      byte[] goOn = slow.getInputStream().readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length());
      assertThat(new String(goOn, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 100");
      assertThat(exchange("GET /data/new?" + sas + host + "Connection: close\r\n\r\n"))
          .contains("<Code>BlobNotFound</Code>");
      server.get().put(account.name(), "data", "new", TEXT);
      assertThat(exchange(slow, "evil"))
          .startsWith("HTTP/1.1 403 ")
          .contains("<Code>AuthorizationPermissionMismatch</Code>");
    }
    assertThat(exchange("GET /data/new?" + sas + host + "Connection: close\r\n\r\n"))
        .endsWith(new String(TEXT, StandardCharsets.UTF_8));
  }

  @Test
  void writesTheErrorDocumentOfTheService() throws IOException {
    String sas = readSas(false).replace("sig=", "sig=AA");
    String answer =
        exchange(get("/data/dataset1.csv.enc?" + sas, "encrypteddatasets.blob.core.windows.net"));

    assertThat(answer).startsWith("HTTP/1.1 403 ");
    assertThat(answer).containsIgnoringCase("x-ms-error-code: AuthenticationFailed");
    assertThat(answer)
        .contains(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>AuthenticationFailed</Code>"
                + "<Message>Server failed to authenticate the request. Make sure the value of Authorization"
                + " header is formed correctly including the signature.\nRequestId:")
        .contains("<AuthenticationErrorDetail>Signature did not match. String to sign used was r");
  }

  @Test
  void refusesWhatItDoesNotKnowByName() throws IOException {
    assertThat(exchange(get("/data/x", "example.com"))).contains("<Code>InvalidUri</Code>");
    assertThat(exchange(get("/a/B_C/x", "127.0.0.1"))).contains("<Code>InvalidResourceName</Code>");
    assertThat(exchange(get("/unknownaccount/data/x", "localhost")))
        .contains("<Code>ResourceNotFound</Code>");
    assertThat(exchange(get("/encrypteddatasets/data/x?comp=tags", "localhost")))
        .startsWith("HTTP/1.1 501 ")
        .contains("<Code>NotImplemented</Code>");
    assertThat(exchange(get("/data/%zz", "encrypteddatasets.blob.core.windows.net")))
        .contains("<Code>InvalidUri</Code>");
    assertThat(
            exchange(
                "OPTIONS /data/x HTTP/1.1\r\nHost: encrypteddatasets.blob.core.windows.net\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ");
  }

  @Test
  void answersHeadWithHeadersOnly() throws IOException {
    String head =
        exchange(
            get("/data/none?" + readSas(false), "encrypteddatasets.blob.core.windows.net")
                .replaceFirst("GET", "HEAD"));

    assertThat(head).startsWith("HTTP/1.1 403 ").endsWith("\r\n\r\n");
    assertThat(head).containsIgnoringCase("x-ms-error-code: AuthenticationFailed");
  }

  @Test
  void closesAConnectionWhoseBodyNeverComes() throws IOException {
    startWith(
        BlobServerOptions.builder(vertx)
            .account(account)
            .limits(
                new BlobServerOptions.Limits(
                    1024, 4096, 8192, Duration.ofSeconds(20), Duration.ofMillis(300))));

    String answer =
        exchange(
            "PUT /data/x HTTP/1.1\r\nHost: encrypteddatasets.blob.core.windows.net\r\nContent-Length: 500\r\n\r\nabc");

    assertThat(answer).startsWith("HTTP/1.1 500 ").contains("<Code>OperationTimedOut</Code>");
  }

  @Test
  void refusesABodyOverTheLimitWithoutReadingItAll() throws IOException {
    startWith(
        BlobServerOptions.builder(vertx)
            .account(account)
            .limits(
                new BlobServerOptions.Limits(
                    1024, 4096, 8192, Duration.ofSeconds(20), Duration.ofSeconds(20))));

    String answer =
        exchange(
            "PUT /data/x HTTP/1.1\r\nHost: encrypteddatasets.blob.core.windows.net\r\nContent-Length: 100000000\r\n\r\n"
                + "x".repeat(5000));

    assertThat(answer).startsWith("HTTP/1.1 413 ").contains("<Code>RequestBodyTooLarge</Code>");
  }

  @Test
  void aClientThatDoesNotReadIsCutOffAndOthersAreServed() throws IOException {
    startWith(
        BlobServerOptions.builder(vertx)
            .account(account)
            .limits(
                new BlobServerOptions.Limits(
                    1 << 20, 64 << 20, 128 << 20, Duration.ofMillis(500), Duration.ofSeconds(5))));
    server.get().put(account.name(), "data", "dataset1.csv.enc", new byte[48 << 20]);
    String request =
        get("/data/dataset1.csv.enc?" + readSas(false), "encrypteddatasets.blob.core.windows.net");
    try (Socket idle = connect()) {
      idle.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));

      assertThat(exchange(get("/unknownaccount/data/x", "localhost"))).startsWith("HTTP/1.1 404 ");

      await()
          .atMost(Duration.ofSeconds(10))
          .pollDelay(Duration.ofMillis(700))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> idle.getOutputStream().write(new byte[65536]))
                      .isInstanceOf(IOException.class));
    }
  }

  @Test
  void servesTlsWithTheGivenIdentity(@TempDir Path dir) throws Exception {
    Path certificate = dir.resolve("cert.pem");
    Path key = dir.resolve("key.pem");
    selfSigned(certificate, key);
    startWith(
        BlobServerOptions.builder(vertx)
            .account(account)
            .clock(Clock.systemUTC())
            .tls(
                new BlobServerOptions.TlsIdentity(
                    Files.readAllBytes(certificate), Files.readAllBytes(key))));

    try (SSLSocket socket =
        (SSLSocket)
            trusting(certificate)
                .getSocketFactory()
                .createSocket(connect(), "encrypteddatasets.blob.core.windows.net", 443, true)) {
      String answer =
          exchange(
              socket,
              get(
                  "/data/dataset1.csv.enc?" + readSas(true),
                  "encrypteddatasets.blob.core.windows.net"));

      assertThat(answer).startsWith("HTTP/1.1 200 OK");
      assertThat(socket.getSession().getPeerPrincipal().getName())
          .contains("encrypteddatasets.blob.core.windows.net");
    }
  }

  @Test
  void namesWhyItDoesNotStart() {
    assertThatThrownBy(
            () ->
                BlobServer.start(
                    BlobServerOptions.builder(vertx)
                        .bind(server.get().address().getAddress(), server.get().address().getPort())
                        .build()))
        .isInstanceOfSatisfying(
            BlobStoreException.class,
            e -> assertThat(e.reason()).isEqualTo(BlobStoreException.Reason.ADDRESS_UNAVAILABLE));
    assertThatThrownBy(
            () ->
                BlobServer.start(
                    BlobServerOptions.builder(vertx)
                        .tls(new BlobServerOptions.TlsIdentity(new byte[] {1}, new byte[] {2}))
                        .build()))
        .isInstanceOfSatisfying(
            BlobStoreException.class,
            e -> assertThat(e.reason()).isEqualTo(BlobStoreException.Reason.BAD_TLS_IDENTITY));
  }

  @Test
  void putAsOwnerChecksNamesAndSizes() {
    assertThatThrownBy(() -> server.get().put("nobody", "data", "x", TEXT))
        .isInstanceOfSatisfying(
            BlobStoreException.class,
            e -> assertThat(e.reason()).isEqualTo(BlobStoreException.Reason.UNKNOWN_ACCOUNT));
    assertThatThrownBy(() -> server.get().put(account.name(), "No", "x", TEXT))
        .isInstanceOfSatisfying(
            BlobStoreException.class,
            e -> assertThat(e.reason()).isEqualTo(BlobStoreException.Reason.BAD_NAME));
    byte[] large = new byte[BlobServerOptions.Limits.defaults().blob() + 1];
    assertThatThrownBy(() -> server.get().put(account.name(), "data", "x", large))
        .isInstanceOfSatisfying(
            BlobStoreException.class,
            e -> assertThat(e.reason()).isEqualTo(BlobStoreException.Reason.TOO_LARGE));
  }

  private static void selfSigned(Path certificate, Path key) throws Exception {
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=encrypteddatasets.blob.core.windows.net",
                "-addext",
                "subjectAltName=DNS:encrypteddatasets.blob.core.windows.net",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(openssl.exitValue()).isZero();
  }

  private static SSLContext trusting(Path certificate) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(certificate)) {
      trusted.setCertificateEntry(
          "lab", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
