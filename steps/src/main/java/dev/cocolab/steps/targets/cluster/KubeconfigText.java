package dev.cocolab.steps.targets.cluster;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
      throw new IllegalArgumentException("it is no kubeconfig: a cluster or a user is empty");
    }
    return part;
  }

  private static String absolute(String path, Path folder) {
    return path == null || path.isEmpty() ? path : folder.resolve(path).toString();
  }

  private static Config parse(String yaml) {
    try {
      Config config = Serialization.unmarshal(yaml, Config.class);
      boolean usable =
          config != null
              && config.getClusters() != null
              && !config.getClusters().isEmpty()
              && config.getContexts() != null;
      if (!usable) {
        throw new IllegalArgumentException("it names no cluster, or no context");
      }
      boolean current =
          config.getContexts().stream()
              .anyMatch(context -> context.getName().equals(config.getCurrentContext()));
      if (!current) {
        throw new IllegalArgumentException("it has no current context that is among its contexts");
      }
      return config;
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      // the parser's message would show what stands in the file
      throw new IllegalArgumentException("it is no kubeconfig", e);
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
