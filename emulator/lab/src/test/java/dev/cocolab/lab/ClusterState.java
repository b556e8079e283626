package dev.cocolab.lab;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a cluster holds of the kinds that a joining lab makes. */
final class ClusterState {
  private ClusterState() {}

  /** All objects of the kinds that a lab makes, with what the namespace default carries. */
  static Set<String> of(KubernetesClient client) {
    Set<String> all = new TreeSet<>();
    for (Class<? extends HasMetadata> kind :
        List.of(
            Namespace.class,
            Node.class,
            ClusterRole.class,
            ClusterRoleBinding.class,
            CustomResourceDefinition.class,
            RuntimeClass.class,
            CertificateSigningRequest.class)) {
      client.resources(kind).list().getItems().forEach(one -> all.add(line(one)));
    }
    for (Class<? extends HasMetadata> kind : List.of(Role.class, RoleBinding.class, Lease.class)) {
      client.resources(kind).inAnyNamespace().list().getItems().forEach(one -> all.add(line(one)));
    }
    return all;
  }

  private static String line(HasMetadata object) {
    return object.getKind()
        + " "
        + object.getMetadata().getNamespace()
        + "/"
        + object.getMetadata().getName()
        + " "
        + (object instanceof Namespace ? object.getMetadata().getLabels() : "");
  }
}
