package dev.cocolab.lab.setup;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** Creates what is not there: a set-up that was cut off is done again from its beginning. */
final class Absent {
  private static final int CONFLICT = 409;

  private Absent() {}

  static void create(KubernetesClient client, HasMetadata object) {
    try {
      client.resource(object).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw e;
      }
    }
  }
}
