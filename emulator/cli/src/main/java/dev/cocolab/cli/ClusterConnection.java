package dev.cocolab.cli;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Optional;

/** Clients of clusters that a kubeconfig names. */
public final class ClusterConnection {
  private ClusterConnection() {}

  /**
   * A client, whose keys may be of any kind that a kubeconfig has; changes the configuration.
   *
   * @throws CliException USAGE when certificate or key cannot be read
   */
  public static KubernetesClient open(Config config) {
    keyAlgorithm(config).ifPresent(config::setClientKeyAlgo);
    try {
      return new KubernetesClientBuilder().withConfig(config).build();
    } catch (KubernetesClientException e) {
      throw new CliException(ExitCode.USAGE, "the credentials in the kubeconfig cannot be used", e);
    }
  }

  /** That of the certificate: a key in PKCS #8 does not need to be named otherwise. */
  private static Optional<String> keyAlgorithm(Config config) {
    String data = config.getClientCertData();
    String file = config.getClientCertFile();
    if (data == null && file == null) {
      return Optional.empty();
    }
    try {
      byte[] certificate =
          data == null ? Files.readAllBytes(Path.of(file)) : Base64.getDecoder().decode(data);
      return Optional.of(
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(certificate))
              .getPublicKey()
              .getAlgorithm());
    } catch (IOException | CertificateException | IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE, "the client certificate in the kubeconfig cannot be read", e);
    }
  }
}
