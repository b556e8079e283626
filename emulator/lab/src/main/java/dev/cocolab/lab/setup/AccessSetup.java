package dev.cocolab.lab.setup;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;

/**
 * Who may do what (RBAC): the parts of the cluster, each with an identity of its own and no more
 * than it needs, and the workshop's three users. The objects stand in two YAML files beside this
 * class. What is there already stays as it is.
 */
public final class AccessSetup {
  /** User of the node, in the group of nodes. */
  public static final String NODE = "system:node:" + Names.NODE;

  public static final String NODES = "system:nodes";

  /** User of what stands in for the scheduler on a joined cluster. */
  public static final String SCHEDULER = "cocolab:scheduler";

  /** Group of the cluster administrator whom a joined cluster knows. */
  public static final String ADMINS = "cocolab:admins";

  /** User of the workload controllers. */
  public static final String CONTROLLERS = "system:kube-controller-manager";

  /** Group of the lab's own parts; no rule names it. */
  public static final String PARTS = "cocolab:parts";

  /** User of the Trustee operator: its service account. */
  public static final String TRUSTEE_OPERATOR =
      "system:serviceaccount:" + Names.TRUSTEE_NAMESPACE + ":trustee-operator-controller-manager";

  /** Group of all service accounts. */
  public static final String SERVICE_ACCOUNTS = "system:serviceaccounts";

  private final KubernetesClient client;
  private final Map<String, String> marks;

  /** Works with the rights of this client, which must hold all that it hands out. */
  public AccessSetup(KubernetesClient client) {
    this(client, Map.of());
  }

  /** As the other one; what it creates gets these labels, to be found again. */
  public AccessSetup(KubernetesClient client, Map<String, String> marks) {
    this.client = Objects.requireNonNull(client, "client");
    this.marks = Map.copyOf(marks);
  }

  /** Rights of the node and of the workload controllers, without which neither starts. */
  public void system() {
    create("node-access.yaml");
    controllers();
  }

  /** Rights of the workload controllers. */
  public void controllers() {
    create("controllers-access.yaml");
  }

  /** Rights of the cluster administrator and the scheduler's stand-in on a joined cluster. */
  public void joined() {
    create("joined-access.yaml");
  }

  /** Rights of the node on a joined cluster whose API server authorizes no nodes. */
  public void joinedNode() {
    create("joined-node-access.yaml");
  }

  /** The workshop's namespaces, and rights of the Trustee operator and of people. */
  public void cluster() {
    create("cluster-access.yaml");
  }

  private void create(String file) {
    try (InputStream in = AccessSetup.class.getResourceAsStream(file)) {
      for (HasMetadata object : client.load(Objects.requireNonNull(in, file)).items()) {
        Absent.create(client, object, marks);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
