package dev.cocolab.lab.setup;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.TreeMap;

/** Creates what is not there: a set-up that was cut off is done again from its beginning. */
final class Absent {
  private static final int CONFLICT = 409;

  private Absent() {}

  /**
   * Creates an object unless it is there.
   *
   * @param marks labels by which it is found again
   * @throws LabException CLUSTER_FOREIGN when it is there without them
   */
  static void create(KubernetesClient client, HasMetadata object, Map<String, String> marks) {
    if (!marks.isEmpty()) {
      Map<String, String> labels = new TreeMap<>(marks);
      if (object.getMetadata().getLabels() != null) {
        labels.putAll(object.getMetadata().getLabels());
      }
      object.getMetadata().setLabels(labels);
    }
    try {
      client.resource(object).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw e;
      }
      requireOwn(client, object, marks);
    }
  }

  /** What somebody else made under the name may say anything. */
  private static void requireOwn(
      KubernetesClient client, HasMetadata object, Map<String, String> marks) {
    HasMetadata present = marks.isEmpty() ? null : client.resource(object).get();
    if (present == null) {
      return;
    }
    Map<String, String> labels = present.getMetadata().getLabels();
    if (labels == null || !labels.entrySet().containsAll(marks.entrySet())) {
      throw new LabException(
          Reason.CLUSTER_FOREIGN,
          "cannot join %s: it has a %s %s that no lab made; delete it, or join a cluster that is there for it"
              .formatted(client.getMasterUrl(), object.getKind(), object.getMetadata().getName()));
    }
  }
}
