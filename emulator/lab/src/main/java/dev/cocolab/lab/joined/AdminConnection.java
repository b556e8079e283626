package dev.cocolab.lab.joined;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The way in that a kubeconfig gives to the administrator of a cluster. */
public final class AdminConnection {
  private static final int CONNECT_MILLIS = 3_000;
  private static final int REQUEST_MILLIS = 10_000;
  private static final int LAST_PORT = 65_535;
  private static final long MOST_BYTES = 1024 * 1024;

  private AdminConnection() {}

  /**
   * Reads the current context of a kubeconfig.
   *
   * @throws LabException KUBECONFIG_UNUSABLE, naming the file
   */
  public static Config read(Path kubeconfig) {
    if (!Files.isRegularFile(kubeconfig)) {
      throw unusable(
          kubeconfig, Files.exists(kubeconfig) ? "it is no regular file" : "there is no such file");
    }
    try {
      if (Files.size(kubeconfig) > MOST_BYTES) {
        throw unusable(kubeconfig, "it is larger than a kubeconfig");
      }
    } catch (IOException e) {
      throw unusable(kubeconfig, String.valueOf(e.getMessage()));
    }
    Config read = parse(kubeconfig);
    if (read.getCurrentContext() == null) {
      throw unusable(kubeconfig, "it has no current context");
    }
    if (!isAddress(read.getMasterUrl())) {
      throw unusable(
          kubeconfig,
          "the field server of its cluster is no address such as https://HOST:PORT; correct it");
    }
    return read;
  }

  private static boolean isAddress(String text) {
    try {
      URI address = new URI(text);
      return List.of("http", "https").contains(String.valueOf(address.getScheme()))
          && address.getHost() != null
          && address.getPort() <= LAST_PORT;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** The parser throws what it likes, and quotes the file, which holds secrets. */
  private static Config parse(Path kubeconfig) {
    try {
      return Config.fromKubeconfig(new File(kubeconfig.toString()));
    } catch (RuntimeException e) {
      throw unusable(kubeconfig, "it is no kubeconfig");
    }
  }

  private static LabException unusable(Path kubeconfig, String why) {
    return new LabException(
        Reason.KUBECONFIG_UNUSABLE, "cannot use the kubeconfig %s: %s".formatted(kubeconfig, why));
  }

  /** The same way in, with limits: who waits for a cluster wants to know within seconds. */
  public static Config impatient(Config config) {
    ConfigBuilder builder =
        new ConfigBuilder(config)
            .withConnectionTimeout(CONNECT_MILLIS)
            .withRequestTimeout(REQUEST_MILLIS)
            .withRequestRetryBackoffLimit(1)
            .withUserAgent(Marker.USER_AGENT);
    pem(config.getClientCertData(), config.getClientCertFile(), "client certificate")
        .ifPresent(text -> builder.withClientKeyAlgo(keyAlgorithm(text)));
    return builder.build();
  }

  /** The client takes every PKCS #8 key for RSA unless it is told. */
  private static String keyAlgorithm(String certificatePem) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(
              new ByteArrayInputStream(certificatePem.getBytes(StandardCharsets.UTF_8)))
          .getPublicKey()
          .getAlgorithm();
    } catch (CertificateException e) {
      throw new LabException(
          Reason.KUBECONFIG_UNUSABLE,
          "cannot read the kubeconfig's client certificate: " + e.getMessage(),
          e);
    }
  }

  private static Optional<String> pem(String data, String file, String what) {
    try {
      if (data != null && !data.isEmpty()) {
        return Optional.of(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8));
      }
      return file == null || file.isEmpty()
          ? Optional.empty()
          : Optional.of(Files.readString(Path.of(file)));
    } catch (IOException | IllegalArgumentException e) {
      throw new LabException(
          Reason.KUBECONFIG_UNUSABLE,
          "cannot read the kubeconfig's %s: %s".formatted(what, e.getMessage()),
          e);
    }
  }

  /** Base URL, without a trailing slash. */
  public static URI url(Config config) {
    String text = config.getMasterUrl();
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  /**
   * PEM text of the authority that signs the API server's certificate.
   *
   * @throws LabException KUBECONFIG_UNUSABLE when the kubeconfig names none
   */
  public static String authorityPem(Config config) {
    return pem(config.getCaCertData(), config.getCaCertFile(), "certificate authority")
        .orElseThrow(
            () ->
                new LabException(
                    Reason.KUBECONFIG_UNUSABLE,
                    "the kubeconfig names no certificate authority for %s; add certificate-authority-data"
                        .formatted(config.getMasterUrl())));
  }

  /**
   * Asks whether the API server answers and lets this user do everything.
   *
   * @throws LabException CLUSTER_UNREACHABLE or CLUSTER_REFUSES
   */
  public static void requireAdmin(KubernetesClient client) {
    String url = client.getMasterUrl().toString();
    try {
      boolean all =
          Boolean.TRUE.equals(
              client
                  .authorization()
                  .v1()
                  .selfSubjectAccessReview()
                  .create(
                      new SelfSubjectAccessReviewBuilder()
                          .withNewSpec()
                          .withNewResourceAttributes()
                          .withVerb("*")
                          .withGroup("*")
                          .withResource("*")
                          .endResourceAttributes()
                          .endSpec()
                          .build())
                  .getStatus()
                  .getAllowed());
      if (!all) {
        throw new LabException(
            Reason.CLUSTER_REFUSES,
            "the user of the kubeconfig may not do everything on %s; name a kubeconfig of a cluster administrator"
                .formatted(url));
      }
    } catch (KubernetesClientException e) {
      if (e.getCode() == 401 || e.getCode() == 403) {
        throw new LabException(
            Reason.CLUSTER_REFUSES,
            "%s does not accept the credentials of the kubeconfig (%d); name a kubeconfig of a cluster administrator"
                .formatted(url, e.getCode()),
            e);
      }
      throw new LabException(
          Reason.CLUSTER_UNREACHABLE,
          "the API server %s does not answer (%s); is it running, and is the kubeconfig the right one?"
              .formatted(url, cause(e)),
          e);
    }
  }

  private static String cause(Throwable failure) {
    Throwable last = failure;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
  }
}
