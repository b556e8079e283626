package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.Owners;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;

final class Fixtures {

  static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  static final TemplateHash HASH = new TemplateHash(new KubernetesSerialization());

  private Fixtures() {}

  static Deployment deployment(int replicas, String image) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("web")
        .withNamespace("default")
        .withUid("uid-web")
        .withGeneration(1L)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withProgressDeadlineSeconds(600)
        .withNewSelector()
        .addToMatchLabels("app", "web")
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", "web")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withImage(image)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  /** The set a Deployment makes, as it looks when {@code available} of its pods serve. */
  static ReplicaSet set(Deployment d, int replicas, int available, long revision) {
    ReplicaSet created =
        ReplicaSets.create(d, HASH.of(d.getSpec().getTemplate(), 0), replicas, revision);
    return new ReplicaSetBuilder(created)
        .editMetadata()
        .withUid("uid-" + created.getMetadata().getName())
        .withCreationTimestamp("2026-03-01T09:00:0" + revision + "Z")
        .endMetadata()
        .withNewStatus()
        .withReplicas(replicas)
        .withReadyReplicas(available)
        .withAvailableReplicas(available)
        .endStatus()
        .build();
  }

  static Pod pod(String name, HasMetadata owner, boolean ready) {
    PodBuilder pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace("default")
            .withUid("uid-" + name)
            .withCreationTimestamp("2026-03-01T09:00:00Z")
            .addToLabels("app", "web")
            .endMetadata()
            .withNewSpec()
            .withNodeName("worker")
            .endSpec()
            .withNewStatus()
            .withPhase("Running")
            .addNewCondition()
            .withType("Ready")
            .withStatus(ready ? "True" : "False")
            .withLastTransitionTime("2026-03-01T09:30:00Z")
            .endCondition()
            .endStatus();
    if (owner != null) {
      pod.editMetadata().withOwnerReferences(Owners.controlledBy(owner)).endMetadata();
    }
    return pod.build();
  }
}
