package dev.cocolab.lab;

import dev.cocolab.apiserver.ApiServer;
import dev.cocolab.apiserver.ApiServerOptions;
import dev.cocolab.apiserver.KubeletAccess;
import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.authority.LabAuthority;
import dev.cocolab.operators.WorkloadControllers;
import dev.cocolab.operators.certificates.CertificateSigner;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * A bare API server of somebody else, with an authority of its own and, if wanted, the controllers
 * and the signer of a kube-controller-manager.
 */
public final class OtherCluster implements AutoCloseable {
  private static final String TOKEN = "administrator-of-the-other-cluster";

  private final OpenParts open = new OpenParts();
  private final ApiServer server;
  private final Path kubeconfig;
  private final KubernetesClient admin;

  /** Starts it. */
  public OtherCluster(Path directory, boolean controllers, boolean signer) throws Exception {
    Vertx vertx = Vertx.vertx();
    open.own(
        () -> vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS));
    LabAuthority authority =
        LabAuthority.open(
            directory.resolve("authority"),
            StagingArea.open(directory.resolve("staging")),
            new SecureRandom(),
            Clock.systemUTC());
    String ca = authority.certificatePem();
    server =
        open.own(
            ApiServer.start(
                ApiServerOptions.builder(
                        vertx,
                        pem(authority.server("api", List.of("localhost"), List.of("127.0.0.1"))))
                    .bind(InetAddress.getLoopbackAddress())
                    .clientCa(ca)
                    .token(TOKEN, User.of("root", User.MASTERS))
                    .kubelet(
                        new KubeletAccess(
                            pem(authority.client("kubelet-client", User.MASTERS)), ca))
                    .build()));
    kubeconfig = directory.resolve("kubeconfig");
    Files.writeString(kubeconfig, kubeconfig(ca, TOKEN));
    admin =
        open.own(
            new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build());
    if (controllers) {
      open.own(WorkloadControllers.start(admin));
    }
    if (signer) {
      open.own(
          CertificateSigner.start(
              admin,
              authority.certificate(),
              key(directory.resolve("authority").resolve("authority.pem")),
              Clock.systemUTC(),
              new SecureRandom()));
    }
  }

  /** The text of a kubeconfig with a bearer token. */
  String kubeconfig(String ca, String token) {
    return """
        apiVersion: v1
        kind: Config
        current-context: other
        clusters:
        - name: other
          cluster: {server: "%s", certificate-authority-data: "%s"}
        contexts:
        - name: other
          context: {cluster: other, user: root}
        users:
        - name: root
          user: {token: "%s"}
        """
        .formatted(
            server.url(),
            Base64.getEncoder().encodeToString(ca.getBytes(StandardCharsets.US_ASCII)),
            token);
  }

  private static PemIdentity pem(Identity identity) {
    return new PemIdentity(identity.certificatePem(), identity.keyPem());
  }

  private static PrivateKey key(Path pem) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(Files.readString(pem)))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof PrivateKeyInfo info) {
          return new JcaPEMKeyConverter().getPrivateKey(info);
        }
      }
    }
    throw new IOException("no key in " + pem);
  }

  public Path kubeconfig() {
    return kubeconfig;
  }

  public KubernetesClient admin() {
    return admin;
  }

  @Override
  public void close() {
    open.close();
  }
}
