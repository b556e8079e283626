package dev.cocolab.steps.persona;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.targets.Timeouts;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/** The untrusted cluster administrator: sees and changes everything outside Trustee's namespace. */
public final class ClusterAdmin {
  private static final String PEER_PODS = "peer-pods-cm";

  private final KubernetesClient client;
  private final RemoteCommand remote;

  public ClusterAdmin(KubernetesClient client, Timeouts timeouts) {
    this.client = Objects.requireNonNull(client, "client");
    this.remote = new RemoteCommand(client, timeouts.output());
  }

  /** Runs a command in a pod of the developer. */
  public CommandOutcome run(String pod, String... command) {
    return remote.run(Namespaces.WORKLOAD, pod, command);
  }

  /** The content of a key of one of the developer's Secrets. */
  public byte[] readSecret(String name, String key) {
    return Base64.getDecoder()
        .decode(
            client
                .secrets()
                .inNamespace(Namespaces.WORKLOAD)
                .withName(name)
                .require()
                .getData()
                .get(key));
  }

  /** Makes pods without an annotation boot with another initdata from now on. */
  public void changeClusterInitdata(Initdata initdata) {
    client
        .configMaps()
        .inNamespace(Namespaces.SANDBOXED_CONTAINERS)
        .withName(PEER_PODS)
        .edit(
            map ->
                new ConfigMapBuilder(map)
                    .addToData("INITDATA", initdata.encodeAnnotation())
                    .build());
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

  /** The same document without the line that tells the guest where its image policy is. */
  public Initdata withoutImagePolicy(Initdata original) {
    String text = new String(original.bytes(), StandardCharsets.UTF_8);
    String changed = text.replaceAll("(?m)^image_security_policy_uri = .*\\R", "");
    if (changed.equals(text)) {
      throw new AssertionError("the initdata names no image policy: " + text);
    }
    return Initdata.parse(changed.getBytes(StandardCharsets.UTF_8));
  }
}
