package dev.cocolab.operators;

import dev.cocolab.apiserver.ApiServer;
import dev.cocolab.apiserver.ApiServerOptions;
import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.operators.TrusteeSetup.TlsPair;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** An API server with nothing behind it, and an administrator's client. */
final class TestCluster implements AutoCloseable {

  private static final String TOKEN = "operators-test-admin";
  private static final String RESTRICTED_TOKEN = "operators-test-jane";
  private static final String PASSWORD = "not-secret";

  private final Vertx vertx = Vertx.vertx();
  private final ApiServer server;
  private final KubernetesClient client;
  private final TlsPair identity;

  TestCluster(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
    identity = selfSigned(directory);
    server =
        ApiServer.start(
            ApiServerOptions.builder(
                    vertx, new PemIdentity(identity.certificatePem(), identity.privateKeyPem()))
                .token(TOKEN, User.of("admin", User.MASTERS))
                .token(RESTRICTED_TOKEN, User.of("jane", "developers"))
                .build());
    client = newClient();
  }

  KubernetesClient client() {
    return client;
  }

  TlsPair identity() {
    return identity;
  }

  KubernetesClient newClient() {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(server.url().toString())
            .withCaCertData(base64(identity.certificatePem()))
            .withOauthToken(TOKEN)
            .withNamespace("default")
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  Path kubeconfig(Path directory) throws IOException {
    return kubeconfig(directory, "default");
  }

  /** The administrator's, in a namespace; the user {@code jane} of it may do nothing yet. */
  Path kubeconfig(Path directory, String namespace) throws IOException {
    String yaml =
        """
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{name: test, context: {cluster: test, user: admin, namespace: "%s"}}]
        clusters: [{name: test, cluster: {server: "%s", certificate-authority-data: %s}}]
        users: [{name: admin, user: {token: %s}}, {name: jane, user: {token: %s}}]
        """
            .formatted(
                namespace,
                server.url(),
                base64(identity.certificatePem()),
                TOKEN,
                RESTRICTED_TOKEN);
    return Files.writeString(directory.resolve("kubeconfig"), yaml);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static TlsPair selfSigned(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = directory.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=test",
                "-validity",
                "2",
                "-ext",
                "SAN=ip:127.0.0.1,dns:localhost",
                "-ext",
                "bc=ca:true",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!keytool.waitFor(20, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IOException("keytool: " + output);
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return new TlsPair(
        pem("CERTIFICATE", keys.getCertificate("server").getEncoded()),
        pem("PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded()));
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  @Override
  public void close() {
    client.close();
    server.close();
    vertx.close().await();
  }
}
