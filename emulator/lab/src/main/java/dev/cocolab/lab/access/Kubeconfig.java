package dev.cocolab.lab.access;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.data.PrivateFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * A kubeconfig (v1) with one cluster and one context a user; the first user's context is the
 * current one. A user who has a token too has a second context, {@code USER-token}, that shows it
 * instead of the certificate. The file holds private keys, so it is written with mode 0600.
 *
 * @param cluster name of the cluster entry
 * @param server URL of the API server
 * @param authorityPem certificate that signs the server's
 * @param users at least one
 */
public record Kubeconfig(String cluster, URI server, String authorityPem, List<Access> users) {
  private static final String TOKEN = "-token";

  public Kubeconfig {
    Objects.requireNonNull(cluster, "cluster");
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(authorityPem, "authorityPem");
    users = List.copyOf(users);
    if (users.isEmpty()) {
      throw new IllegalArgumentException("a kubeconfig needs a user");
    }
  }

  /** The text, UTF-8 YAML. */
  public String toYaml() {
    StringBuilder yaml = new StringBuilder(8192);
    yaml.append("apiVersion: v1\nkind: Config\npreferences: {}\n");
    yaml.append("current-context: ").append(users.get(0).user()).append('\n');
    yaml.append("clusters:\n- name: ").append(cluster).append("\n  cluster:\n");
    yaml.append("    server: ").append(server).append('\n');
    yaml.append("    certificate-authority-data: ").append(base64(authorityPem)).append('\n');
    yaml.append("contexts:\n");
    for (Access access : users) {
      context(yaml, access, access.user());
    }
    for (Access access : withTokens()) {
      context(yaml, access, access.user() + TOKEN);
    }
    yaml.append("users:\n");
    for (Access access : users) {
      yaml.append("- name: ").append(access.user()).append("\n  user:\n");
      yaml.append("    client-certificate-data: ")
          .append(base64(access.identity().certificatePem()))
          .append('\n');
      yaml.append("    client-key-data: ").append(base64(access.identity().keyPem())).append('\n');
    }
    for (Access access : withTokens()) {
      yaml.append("- name: ").append(access.user()).append(TOKEN).append("\n  user:\n");
      yaml.append("    token: ").append(access.token().orElseThrow()).append('\n');
    }
    return yaml.toString();
  }

  private List<Access> withTokens() {
    return users.stream().filter(access -> access.token().isPresent()).toList();
  }

  private void context(StringBuilder yaml, Access access, String name) {
    yaml.append("- name: ").append(name).append("\n  context:\n");
    yaml.append("    cluster: ").append(cluster).append('\n');
    yaml.append("    user: ").append(name).append('\n');
    yaml.append("    namespace: ").append(access.namespace()).append('\n');
  }

  /**
   * Writes the file with mode 0600, replacing an older one in one step.
   *
   * @throws LabException {@link Reason#HOME_UNUSABLE} when it cannot be written
   */
  public void write(Path file) {
    Path absolute = file.toAbsolutePath();
    try {
      PrivateFile.write(absolute, toYaml());
    } catch (IOException e) {
      throw new LabException(
          Reason.HOME_UNUSABLE,
          "cannot write the kubeconfig %s (%s); name another file with --kubeconfig"
              .formatted(absolute, e.getMessage()),
          e);
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Names, never keys. */
  @Override
  public String toString() {
    return "Kubeconfig[" + server + ", " + users.stream().map(Access::user).toList() + "]";
  }
}
