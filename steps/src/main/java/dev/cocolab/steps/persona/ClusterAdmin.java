package dev.cocolab.steps.persona;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.targets.Timeouts;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The untrusted cluster administrator: sees and changes everything outside Trustee's namespace. */
public final class ClusterAdmin {
  private final KubernetesClient client;
  private final RemoteCommand remote;
  private final CloudAdaptor adaptor;

  public ClusterAdmin(KubernetesClient client, Timeouts timeouts) {
    this.client = Objects.requireNonNull(client, "client");
    this.remote = new RemoteCommand(client, timeouts.output());
    this.adaptor = new CloudAdaptor(client, timeouts);
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

  /**
   * Makes pods without an annotation boot with another initdata from now on; returns when it has
   * taken effect.
   */
  public void changeClusterInitdata(Initdata initdata) {
    adaptor.change(
        data -> {
          Map<String, String> changed = new TreeMap<>(data);
          changed.put("INITDATA", initdata.encodeAnnotation());
          return changed;
        });
    adaptor.awaitRollout();
  }

  /** The initdata that pods without an annotation boot with. */
  public Initdata clusterInitdata() {
    return Initdata.decodeAnnotation(adaptor.settings().get("INITDATA"));
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
