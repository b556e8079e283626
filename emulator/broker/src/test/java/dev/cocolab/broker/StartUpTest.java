package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartUpTest {
  /** What the operator generates for the restricted profile, on any free port. */
  private static final String RESTRICTED =
      TestBroker.PERMISSIVE
          .replace(
              "insecure_http = true",
              """
              insecure_http = false
              private_key = "/etc/https-key/privateKey"
              certificate = "/etc/https-cert/certificate"
              # TLS configuration - Mozilla intermediate profile
              tls_profile = "intermediate"
              """)
          .replace(
              "insecure_header_jwk = true",
              """
              insecure_header_jwk = false
              attestation_token_type = "CoCo"
              trusted_certs_paths = ["/etc/attestation-cert/token.crt"]
              """)
          .replace(
              "duration_min = 5",
              """
              duration_min = 5
              [attestation_service.attestation_token_broker.signer]
              key_path = "/etc/attestation-key/token.key"
              cert_path = "/etc/attestation-cert/token.crt"
              """);

  @TempDir Path root;
  private TestBroker broker;

  @BeforeEach
  void prepare() {
    broker = new TestBroker(root);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "worker_count = 4 | worker_count = = 4 | kbs-config.toml:4: TOML parse error",
        "worker_count = 4 | worker_count = \"x\" | `http_server.worker_count` must be a whole number",
        "[http_server] | [https_server] | missing configuration field \"http_server\"",
        "insecure_http = true | insecure_http = false | `private_key` and `certificate` are needed",
        "authorization_mode = \"DenyAll\" | type = \"DenyAll\" | unknown field `type` in [admin]",
        "\"DenyAll\" | \"AuthenticatedAuthorization\" | missing configuration field \"admin.authentication\"",
        "\"DenyAll\" | \"AllowAll\" | `admin.authorization_mode = \"AllowAll\"` is not supported",
        "\"coco_as_builtin\" | \"intel_ta\" | `attestation_service.type = \"intel_ta\"`",
        "\"LocalFs\" | \"Redis\" | `storage_backend.storage_type = \"Redis\"`",
        "backends.local_fs | backends.nothing | Local FS configuration is required",
        "insecure_header_jwk | nothing | Cannot verify token since no trusted verification",
        "insecure_header_jwk = true | trusted_certs_paths = [\"/etc/x.pem\"] | /etc/x.pem: No such file",
        "0.0.0.0:0 | nowhere:80 | invalid socket address nowhere:80",
        "0.0.0.0:0 | 127.0.0.999:80 | invalid socket address 127.0.0.999:80",
        "0.0.0.0:0 | 127.1:80 | invalid socket address 127.1:80"
      })
  void aConfigurationThatCannotBeUsedEndsTheProgram(String from, String to, String why)
      throws Exception {
    assertThat(TestBroker.PERMISSIVE).contains(from);
    broker.config(TestBroker.PERMISSIVE.replace(from, to));

    assertThat(broker.exitCode()).isEqualTo(1);
    assertThat(broker.log).anyMatch(line -> line.startsWith("Error: ") && line.contains(why));
  }

  @Test
  void aWrongSocketLeavesTheOthersClosed() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String both = "\"127.0.0.1:" + port + "\", \"nowhere:80\"";
    broker.config(TestBroker.PERMISSIVE.replace("\"0.0.0.0:0\"", both));

    assertThat(broker.exitCode()).isEqualTo(1);
    // Whatever had been asked to open this port would have done so by the next opening.
    broker.config(TestBroker.PERMISSIVE).start();
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void anAbsentConfigurationIsNamed() throws Exception {
    Files.delete(broker.path(TestBroker.CONFIG));

    assertThat(broker.exitCode()).isEqualTo(1);
    assertThat(broker.logText())
        .contains("Error: configuration file \"" + TestBroker.CONFIG + "\" not found");
  }

  @Test
  void withoutAConfigurationFileTheUsageIsShown() throws Exception {
    RunningKbs kbs =
        new KbsProgram(
                new Surroundings(
                    broker.vertx,
                    broker.clock,
                    new SecureRandom(),
                    broker.verifiers,
                    broker.emulatedRoots,
                    broker.profile,
                    broker.journal))
            .start(
                List.of(),
                Map.of(),
                broker::path,
                InetAddress.getLoopbackAddress(),
                broker.log::add);

    assertThat(kbs.exited().toCompletableFuture().get(5, TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(broker.logText()).contains("--config-file");
  }

  @Test
  void aPortInUseEndsTheProgram() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      broker.config(TestBroker.PERMISSIVE.replace("0.0.0.0:0", "0.0.0.0:" + taken.getLocalPort()));

      assertThat(broker.exitCode()).isEqualTo(1);
      assertThat(broker.logText())
          .contains("Error: failed to listen on [0.0.0.0:" + taken.getLocalPort() + "]");
    }
  }

  @Test
  void theRestrictedProfileServesHttpsAndTrustsItsOwnTokens() throws Exception {
    X509Certificate https = writeRestricted(pair("RSA"), pair("EC"));
    broker.config(RESTRICTED).resourcePolicy("package policy\nallow := true\n");
    broker.resource(
        "default/attestation-status/status", "success".getBytes(StandardCharsets.UTF_8));
    broker.start();
    TestGuest guest =
        new TestGuest(broker.url("https"), HttpClient.newBuilder().sslContext(trusting(https)));
    String token = guest.handshake();

    assertThat(guest.open(guest.resource("default/attestation-status/status")))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("success");
    assertThat(Tokens.header(token).path("jwk").path("x5c")).hasSize(1);
    assertThat(broker.logText()).contains("Starting HTTPS server at [0.0.0.0:0]");
    assertThat(broker.logText()).doesNotContain("No Token Signer key");
  }

  @Test
  void aTokenKeyThatIsNotP256EndsTheProgram() throws Exception {
    writeRestricted(pair("RSA"), pair("RSA"));
    broker.config(RESTRICTED);

    assertThat(broker.exitCode()).isEqualTo(1);
    assertThat(broker.logText())
        .contains(
            "Error: /etc/attestation-key/token.key: Only P-256 attestation token signing keys are"
                + " supported");
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/https-key/privateKey",
    "/etc/https-cert/certificate",
    "/etc/attestation-key/token.key",
    "/etc/attestation-cert/token.crt"
  })
  void absentAndBrokenKeyFilesAreNamed(String file) throws Exception {
    writeRestricted(pair("RSA"), pair("EC"));
    broker.config(RESTRICTED).file(file, "not PEM");
    assertThat(broker.exitCode()).isEqualTo(1);
    assertThat(broker.log).anyMatch(line -> line.startsWith("Error: " + file + ": "));

    Files.delete(broker.path(file));
    assertThat(broker.exitCode()).isEqualTo(1);
    assertThat(broker.log).contains("Error: " + file + ": No such file or directory");
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsNamed() throws Exception {
    writeRestricted(pair("RSA"), pair("EC"));
    broker
        .config(RESTRICTED)
        .file("/etc/https-key/privateKey", Tokens.pem(pair("RSA").getPrivate()));

    assertThat(broker.exitCode()).isEqualTo(1);
    assertThat(broker.logText())
        .contains(
            "/etc/https-key/privateKey is not the private key of /etc/https-cert/certificate");
  }

  @Test
  void policiesAndReferenceValuesThatCannotBeUsedAreNamedAtStartAndRefuseRequestsLater()
      throws Exception {
    broker.resourcePolicy("package policy\nallow {").attestationPolicy("package policy\n\nx := [");
    broker.file(TestBroker.STORAGE + "/local_json/reference_value", "[]");
    broker.start();
    TestGuest guest = new TestGuest(broker.url());
    guest.auth();

    assertThat(guest.attest().statusCode()).isEqualTo(401);
    assertThat(broker.logText())
        .contains("WARN policy_engine] resource-policy.rego cannot be used")
        .contains("WARN policy_engine] default_cpu.rego cannot be used")
        .contains("reference values cannot be read, attestations will be refused")
        .contains("verify TEE evidence failed\n\nCaused by:\n    0: Failed to load policy: ");
  }

  @Test
  void closingFreesThePortAndExitsWithZero() throws Exception {
    RunningKbs running = broker.launch();
    int port = running.listening().toCompletableFuture().get(5, TimeUnit.SECONDS).getPort();
    running.close();

    assertThat(running.exited().toCompletableFuture().get(5, TimeUnit.SECONDS)).isZero();
    // Not bound again: another process may have got the port by now.
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
        .isInstanceOf(ConnectException.class);
  }

  private X509Certificate writeRestricted(KeyPair https, KeyPair token) throws Exception {
    X509Certificate httpsCertificate =
        Tokens.certificate("127.0.0.1", https.getPublic(), "127.0.0.1", https.getPrivate(), true);
    X509Certificate tokenCertificate =
        Tokens.certificate("token", token.getPublic(), "token", token.getPrivate(), false);
    broker.file("/etc/https-key/privateKey", Tokens.pem(https.getPrivate()));
    broker.file("/etc/https-cert/certificate", Tokens.pem(httpsCertificate));
    broker.file(
        "/etc/attestation-key/token.key",
        token.getPrivate() instanceof ECPrivateKey key
            ? Tokens.sec1(key)
            : Tokens.pem(token.getPrivate()));
    broker.file("/etc/attestation-cert/token.crt", Tokens.pem(tokenCertificate));
    return httpsCertificate;
  }

  private static KeyPair pair(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    } else {
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }

  private static SSLContext trusting(X509Certificate certificate) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("kbs", certificate);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
