package dev.cocolab.apiserver.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The kinds that are there from the start. */
final class BuiltInResources {
  /**
   * group/version | kind | plural | short names | N namespaced, C cluster; s status; x scale |
   * categories | package of the structure.
   */
  private static final String TABLE =
      """
      /v1|Namespace|namespaces|ns|Cs||core/v1
      /v1|Node|nodes|no|Cs||core/v1
      /v1|Pod|pods|po|Ns|all|core/v1
      /v1|Secret|secrets||N||core/v1
      /v1|ConfigMap|configmaps|cm|N||core/v1
      /v1|Service|services|svc|Ns|all|core/v1
      /v1|ServiceAccount|serviceaccounts|sa|N||core/v1
      /v1|Event|events|ev|N||core/v1
      /v1|Endpoints|endpoints|ep|N||core/v1
      /v1|LimitRange|limitranges|limits|N||core/v1
      /v1|ResourceQuota|resourcequotas|quota|Ns||core/v1
      apps/v1|Deployment|deployments|deploy|Nsx|all|apps/v1
      apps/v1|ReplicaSet|replicasets|rs|Nsx|all|apps/v1
      apps/v1|DaemonSet|daemonsets|ds|Ns|all|apps/v1
      apps/v1|StatefulSet|statefulsets|sts|Nsx|all|apps/v1
      apps/v1|ControllerRevision|controllerrevisions||N||apps/v1
      batch/v1|Job|jobs||Ns|all|batch/v1
      batch/v1|CronJob|cronjobs|cj|Ns|all|batch/v1
      rbac.authorization.k8s.io/v1|Role|roles||N||rbac/v1
      rbac.authorization.k8s.io/v1|RoleBinding|rolebindings||N||rbac/v1
      rbac.authorization.k8s.io/v1|ClusterRole|clusterroles||C||rbac/v1
      rbac.authorization.k8s.io/v1|ClusterRoleBinding|clusterrolebindings||C||rbac/v1
      coordination.k8s.io/v1|Lease|leases||N||coordination/v1
      discovery.k8s.io/v1|EndpointSlice|endpointslices||N||discovery/v1
      certificates.k8s.io/v1|CertificateSigningRequest|certificatesigningrequests|csr|Cs||certificates/v1
      node.k8s.io/v1|RuntimeClass|runtimeclasses||C||node/v1
      scheduling.k8s.io/v1|PriorityClass|priorityclasses|pc|C||scheduling/v1
      storage.k8s.io/v1|StorageClass|storageclasses|sc|C||storage/v1
      policy/v1|PodDisruptionBudget|poddisruptionbudgets|pdb|Ns||policy/v1
      apiextensions.k8s.io/v1|CustomResourceDefinition|customresourcedefinitions|crd,crds|Cs|api-extensions|apiextensions/v1
      """;

  private BuiltInResources() {}

  static List<ResourceType> all() {
    List<ResourceType> types = new ArrayList<>();
    for (String line : TABLE.strip().split("\n", -1)) {
      String[] cell = line.split("\\|", -1);
      int slash = cell[0].indexOf('/');
      String flags = cell[4];
      types.add(
          new ResourceType(
              cell[0].substring(0, slash),
              cell[0].substring(slash + 1),
              cell[1],
              cell[2],
              cell[1].toLowerCase(Locale.ROOT),
              words(cell[3]),
              words(cell[5]),
              flags.startsWith("N"),
              flags.contains("s"),
              flags.contains("x") ? Optional.of(ScalePaths.WORKLOAD) : Optional.empty(),
              Optional.of(cell[6] + "." + cell[1]),
              Optional.empty()));
    }
    return types;
  }

  private static List<String> words(String cell) {
    return cell.isEmpty() ? List.of() : Arrays.asList(cell.split(",", -1));
  }
}
