package dev.cocolab.operators.lifecycle;

import dev.cocolab.operators.control.ChangeHandler;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Watches the objects of every custom kind, from the moment its definition is established until it
 * is gone.
 */
public final class CustomKinds implements ChangeHandler<CustomResourceDefinition>, AutoCloseable {

  private final KubernetesClient client;
  private final ChangeHandler<GenericKubernetesResource> objects;
  private final BiConsumer<String, String> kindGone;
  private final Map<String, SharedIndexInformer<?>> running = new HashMap<>();
  private boolean closed;

  /**
   * Names who is told.
   *
   * @param objects told of every change of every custom object
   * @param kindGone told the apiVersion and kind of a definition that is gone
   */
  public CustomKinds(
      KubernetesClient client,
      ChangeHandler<GenericKubernetesResource> objects,
      BiConsumer<String, String> kindGone) {
    this.client = client;
    this.objects = objects;
    this.kindGone = kindGone;
  }

  public Informable<CustomResourceDefinition> definitions() {
    return client.apiextensions().v1().customResourceDefinitions();
  }

  @Override
  public synchronized void changed(
      Optional<CustomResourceDefinition> before, Optional<CustomResourceDefinition> after) {
    if (closed) {
      return;
    }
    if (after.isEmpty()) {
      before.ifPresent(this::stop);
    } else if (isEstablished(after.get())
        && !running.containsKey(after.get().getMetadata().getName())) {
      start(after.get());
    }
  }

  private static boolean isEstablished(CustomResourceDefinition definition) {
    return definition.getStatus() != null
        && definition.getStatus().getConditions() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(c -> "Established".equals(c.getType()) && "True".equals(c.getStatus()));
  }

  private void start(CustomResourceDefinition definition) {
    ResourceDefinitionContext context =
        new ResourceDefinitionContext.Builder()
            .withGroup(definition.getSpec().getGroup())
            .withVersion(servedVersion(definition))
            .withKind(definition.getSpec().getNames().getKind())
            .withPlural(definition.getSpec().getNames().getPlural())
            .withNamespaced("Namespaced".equals(definition.getSpec().getScope()))
            .build();
    SharedIndexInformer<GenericKubernetesResource> informer =
        client
            .genericKubernetesResources(context)
            .inAnyNamespace()
            .runnableInformer(0)
            .addEventHandler(objects)
            .exceptionHandler((started, failure) -> isRunning(definition.getMetadata().getName()));
    running.put(definition.getMetadata().getName(), informer);
    var unused = informer.start();
  }

  private synchronized boolean isRunning(String definition) {
    return running.containsKey(definition);
  }

  private void stop(CustomResourceDefinition definition) {
    SharedIndexInformer<?> informer = running.remove(definition.getMetadata().getName());
    if (informer != null) {
      informer.stop();
      kindGone.accept(
          definition.getSpec().getGroup() + "/" + servedVersion(definition),
          definition.getSpec().getNames().getKind());
    }
  }

  private static String servedVersion(CustomResourceDefinition definition) {
    return definition.getSpec().getVersions().stream()
        .filter(v -> Boolean.TRUE.equals(v.getServed()))
        .sorted(java.util.Comparator.comparing(v -> !Boolean.TRUE.equals(v.getStorage())))
        .map(CustomResourceDefinitionVersion::getName)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public synchronized void close() {
    closed = true;
    running.values().forEach(SharedIndexInformer::stop);
    running.clear();
  }
}
