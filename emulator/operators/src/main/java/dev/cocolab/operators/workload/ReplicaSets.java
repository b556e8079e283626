package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.Owners;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/** What a Deployment reads from its ReplicaSets, and the one it makes. */
final class ReplicaSets {

  static final String REVISION = "deployment.kubernetes.io/revision";
  static final String REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
  static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
  static final String MAX = "deployment.kubernetes.io/max-replicas";
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private ReplicaSets() {}

  static final Comparator<ReplicaSet> OLDEST_FIRST =
      Comparator.comparing((ReplicaSet r) -> String.valueOf(r.getMetadata().getCreationTimestamp()))
          .thenComparing(r -> r.getMetadata().getName());

  static String name(ReplicaSet set) {
    return set.getMetadata().getName();
  }

  static int available(ReplicaSet set) {
    return status(set, s -> orZero(s.getStatus().getAvailableReplicas()));
  }

  static int ready(ReplicaSet set) {
    return status(set, s -> orZero(s.getStatus().getReadyReplicas()));
  }

  static int observed(ReplicaSet set) {
    return status(set, s -> orZero(s.getStatus().getReplicas()));
  }

  private static int status(ReplicaSet set, ToIntFunction<ReplicaSet> count) {
    return set.getStatus() == null ? 0 : count.applyAsInt(set);
  }

  private static int orZero(Integer value) {
    return value == null ? 0 : value;
  }

  static int sum(Collection<ReplicaSet> sets, ToIntFunction<ReplicaSet> count) {
    return sets.stream().mapToInt(count).sum();
  }

  static Map<String, String> annotations(ReplicaSet set) {
    return set.getMetadata().getAnnotations() == null
        ? Map.of()
        : set.getMetadata().getAnnotations();
  }

  static long revision(ReplicaSet set) {
    return number(annotations(set).get(REVISION));
  }

  static long number(String text) {
    return text == null || !text.matches("[0-9]{1,18}") ? 0 : Long.parseLong(text);
  }

  static ReplicaSet create(Deployment d, String hash, int replicas, long revision) {
    Map<String, String> selector = new LinkedHashMap<>();
    if (d.getSpec().getSelector().getMatchLabels() != null) {
      selector.putAll(d.getSpec().getSelector().getMatchLabels());
    }
    selector.put(TemplateHash.LABEL, hash);
    Map<String, String> labels = new LinkedHashMap<>();
    if (d.getSpec().getTemplate().getMetadata() != null
        && d.getSpec().getTemplate().getMetadata().getLabels() != null) {
      labels.putAll(d.getSpec().getTemplate().getMetadata().getLabels());
    }
    labels.put(TemplateHash.LABEL, hash);
    Map<String, String> annotations = inherited(d);
    annotations.put(REVISION, Long.toString(revision));
    annotations.putAll(sizeAnnotations(d));
    return new ReplicaSetBuilder()
        .withNewMetadata()
        .withName(d.getMetadata().getName() + "-" + hash)
        .withNamespace(d.getMetadata().getNamespace())
        .withLabels(labels)
        .withAnnotations(annotations)
        .withOwnerReferences(Owners.controlledBy(d))
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withMinReadySeconds(d.getSpec().getMinReadySeconds())
        .withNewSelector()
        .withMatchLabels(selector)
        .withMatchExpressions(d.getSpec().getSelector().getMatchExpressions())
        .endSelector()
        .withNewTemplateLike(d.getSpec().getTemplate())
        .editOrNewMetadata()
        .withLabels(labels)
        .endMetadata()
        .endTemplate()
        .endSpec()
        .build();
  }

  static Map<String, String> sizeAnnotations(Deployment d) {
    int replicas = DeploymentSpecs.replicas(d);
    return Map.of(
        DESIRED,
        Integer.toString(replicas),
        MAX,
        Integer.toString(replicas + DeploymentSpecs.maxSurge(d)));
  }

  /** The Deployment's annotations except those that describe the Deployment itself. */
  private static Map<String, String> inherited(Deployment d) {
    Map<String, String> result = new LinkedHashMap<>();
    if (d.getMetadata().getAnnotations() != null) {
      result.putAll(d.getMetadata().getAnnotations());
    }
    result
        .keySet()
        .removeIf(k -> k.equals(LAST_APPLIED) || k.startsWith("deployment.kubernetes.io/"));
    return result;
  }
}
