package dev.cocolab.steps.persona;

import dev.cocolab.protocol.Initdata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The untrusted cluster administrator: sees and changes everything outside Trustee's namespace. */
public final class ClusterAdmin {
  private static final String PEER_PODS = "peer-pods-cm";

  private final KubernetesClient client;

  public ClusterAdmin(KubernetesClient client) {
    this.client = Objects.requireNonNull(client, "client");
  }

  /** The initdata that pods without an annotation boot with. */
  public Initdata clusterInitdata() {
    return Initdata.decodeAnnotation(
        client
            .configMaps()
            .inNamespace(Namespaces.SANDBOXED_CONTAINERS)
            .withName(PEER_PODS)
            .require()
            .getData()
            .get("INITDATA"));
  }

  /**
   * The cluster's initdata with its last byte, a newline, turned into a blank: still valid TOML.
   */
  public Initdata withOneByteChanged(Initdata original) {
    byte[] bytes = original.bytes();
    byte[] changed = bytes.clone();
    if (changed[changed.length - 1] != '\n') {
      throw new AssertionError(
          "the initdata does not end in a newline: " + new String(changed, StandardCharsets.UTF_8));
    }
    changed[changed.length - 1] = ' ';
    return Initdata.parse(changed);
  }
}
