package dev.cocolab.operators;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.EnumSet;
import java.util.Set;

public final class WorkloadControllers implements AutoCloseable {

  private WorkloadControllers() {}

  public enum Part {
    DEPLOYMENTS,
    REPLICA_SETS,
    GARBAGE_COLLECTION,
    NAMESPACES,
    SERVICE_ACCOUNTS,
    ENDPOINTS
  }

  public static WorkloadControllers start(KubernetesClient client) {
    return start(client, EnumSet.allOf(Part.class));
  }

  public static WorkloadControllers start(KubernetesClient client, Set<Part> parts) {
    return new WorkloadControllers();
  }

  @Override
  public void close() {}
}
