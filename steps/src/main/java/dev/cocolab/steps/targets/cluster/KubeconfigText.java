package dev.cocolab.steps.targets.cluster;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A kubeconfig as YAML text. It holds private keys.
 *
 * @param yaml the text
 */
record KubeconfigText(String yaml) {
  /**
   * The text of a file, whose relative paths start at its folder.
   *
   * @throws IllegalArgumentException when it is none
   */
  static KubeconfigText of(String yaml, Path folder) {
    Config config = parse(yaml);
    for (NamedCluster named : config.getClusters()) {
      Cluster cluster = required(named.getCluster());
      cluster.setCertificateAuthority(absolute(cluster.getCertificateAuthority(), folder));
    }
    for (NamedAuthInfo named : required(config.getUsers())) {
      AuthInfo user = required(named.getUser());
      user.setClientCertificate(absolute(user.getClientCertificate(), folder));
      user.setClientKey(absolute(user.getClientKey(), folder));
      user.setTokenFile(absolute(user.getTokenFile(), folder));
    }
    return new KubeconfigText(Serialization.asYaml(config));
  }

  private static <T> T required(T part) {
    if (part == null) {
      throw new IllegalArgumentException(
          "it is no kubeconfig: a cluster, a context or a user is empty");
    }
    return part;
  }

  private static String absolute(String path, Path folder) {
    return path == null || path.isEmpty() ? path : folder.resolve(path).toString();
  }

  private static Config parse(String yaml) {
    Config config = unmarshal(yaml);
    boolean usable =
        config != null
            && config.getClusters() != null
            && !config.getClusters().isEmpty()
            && config.getContexts() != null;
    if (!usable) {
      throw new IllegalArgumentException("it names no cluster, or no context");
    }
    NamedContext current =
        config.getContexts().stream()
            .filter(context -> context.getName().equals(config.getCurrentContext()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "it has no current context that is among its contexts"));
    requireServer(config, required(current.getContext()).getCluster());
    return config;
  }

  private static Config unmarshal(String yaml) {
    try {
      return Serialization.unmarshal(yaml, Config.class);
    } catch (RuntimeException e) {
      // the parser's message would show what stands in the file
      throw new IllegalArgumentException("it is no kubeconfig", e);
    }
  }

  /** A client would take the address of the cluster that it runs in for one that is missing. */
  private static void requireServer(Config config, String name) {
    String server =
        config.getClusters().stream()
            .filter(cluster -> cluster.getName() != null && cluster.getName().equals(name))
            .findFirst()
            .map(cluster -> required(cluster.getCluster()).getServer())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the cluster of its current context is not among its clusters"));
    if (!isUrl(server)) {
      throw new IllegalArgumentException(
          "the server of its current cluster is no address such as https://HOST:6443");
    }
  }

  private static boolean isUrl(String server) {
    try {
      URI url = new URI(server == null ? "" : server);
      return Set.of("https", "http").contains(String.valueOf(url.getScheme()))
          && url.getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Names of its contexts. */
  List<String> contexts() {
    return parse(yaml).getContexts().stream().map(NamedContext::getName).toList();
  }

  /** The same with another current context; empty leaves it. */
  KubeconfigText in(Optional<String> context) {
    if (context.isEmpty()) {
      return this;
    }
    Config config = parse(yaml);
    config.setCurrentContext(context.get());
    return new KubeconfigText(Serialization.asYaml(config));
  }

  /** Says nothing of what is in it. */
  @Override
  public String toString() {
    return "KubeconfigText[" + yaml.length() + " characters]";
  }
}
