package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.Map;

/** One thing a Deployment has to have done about its ReplicaSets. */
sealed interface DeploymentAction {

  record Adopt(ReplicaSet set) implements DeploymentAction {}

  record Release(ReplicaSet set) implements DeploymentAction {}

  record Create(ReplicaSet set) implements DeploymentAction {}

  /**
   * Sets replicas and annotations together; {@code announce} writes the event ScalingReplicaSet.
   */
  record Scale(ReplicaSet set, int replicas, Map<String, String> annotations, boolean announce)
      implements DeploymentAction {
    public Scale {
      annotations = Map.copyOf(annotations);
    }
  }

  record Annotate(ReplicaSet set, Map<String, String> annotations) implements DeploymentAction {
    public Annotate {
      annotations = Map.copyOf(annotations);
    }
  }

  record Delete(ReplicaSet set) implements DeploymentAction {}
}
