package dev.cocolab.lab.setup;

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
    }
  }
}
