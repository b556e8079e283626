package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.ApiServerException.Reason;
import dev.cocolab.apiserver.store.MemoryObjectStore;
import dev.cocolab.apiserver.store.ObjectKey;
import dev.cocolab.apiserver.store.ObjectLog;
import dev.cocolab.apiserver.store.StoredObject;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that goes on with the folder of an earlier one. */
class RestartedServerTest {
  @TempDir Path folder;

  @Test
  void servesTheKindsObjectsAndRevisionsOfItsFolder() {
    GenericKubernetesResource made;
    try (RunningServer first = server()) {
      first.client.resource(definition()).create();
      made = first.client.resource(gadget()).create();
      ClusterRole view = first.client.rbac().clusterRoles().withName("view").require();
      view.getMetadata().setLabels(Map.of("mine", "yes"));
      first.client.resource(view).update();
    }

    try (RunningServer second = server()) {
      GenericKubernetesResource found = second.client.resource(gadget()).require();
      assertThat(found).isEqualTo(made);
      assertThat(
              second
                  .client
                  .rbac()
                  .clusterRoles()
                  .withName("view")
                  .require()
                  .getMetadata()
                  .getLabels())
          .containsEntry("mine", "yes");
      long next =
          Long.parseLong(
              second.client.resource(map("later")).create().getMetadata().getResourceVersion());
      assertThat(next).isGreaterThan(Long.parseLong(made.getMetadata().getResourceVersion()) + 1);
    }
  }

  @Test
  void removalOfAKindThatWasCutOffIsDone() {
    try (RunningServer first = server()) {
      KubernetesClient client = first.client;
      client.resource(definition()).create();
      GenericKubernetesResource kept = gadget();
      kept.getMetadata().setFinalizers(List.of("example.com/keep"));
      client.resource(kept).create();
      client.resource(definition()).delete();
      assertThat(client.resource(definition()).require().getMetadata().getDeletionTimestamp())
          .isNotNull();
    }
    // As a server leaves it that ends between the last instance and its definition.
    try (ObjectLog log = ObjectLog.open(folder)) {
      MemoryObjectStore store = new MemoryObjectStore(1, log);
      ObjectKey key = new ObjectKey("gadgets.example.com", "default", "one");
      StoredObject last = store.get(key).orElseThrow();
      assertThat(store.delete(key, last.revision(), last.json().deepCopy())).isPresent();
    }

    try (RunningServer second = server()) {
      assertThat(second.client.resource(definition()).get()).isNull();
    }
  }

  @Test
  void folderOfARunningServerIsRefusedAsInUse() {
    try (RunningServer first = server()) {
      assertThatThrownBy(this::server)
          .isInstanceOfSatisfying(
              ApiServerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_IN_USE))
          .hasMessageContaining(folder.toString());
      assertThat(first.client.resource(map("still")).create().getMetadata().getName())
          .isEqualTo("still");
    }
  }

  private RunningServer server() {
    return new RunningServer(options -> options.data(folder));
  }

  private static ConfigMap map(String name) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().build();
  }

  private static GenericKubernetesResource gadget() {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion("example.com/v1")
        .withKind("Gadget")
        .withNewMetadata()
        .withName("one")
        .withNamespace("default")
        .endMetadata()
        .build();
  }

  private static CustomResourceDefinition definition() {
    return new CustomResourceDefinitionBuilder()
        .withNewMetadata()
        .withName("gadgets.example.com")
        .endMetadata()
        .withNewSpec()
        .withGroup("example.com")
        .withScope("Namespaced")
        .withNewNames()
        .withKind("Gadget")
        .withPlural("gadgets")
        .withSingular("gadget")
        .withListKind("GadgetList")
        .endNames()
        .addNewVersion()
        .withName("v1")
        .withServed(true)
        .withStorage(true)
        .withNewSchema()
        .withNewOpenAPIV3Schema()
        .withType("object")
        .withXKubernetesPreserveUnknownFields(true)
        .endOpenAPIV3Schema()
        .endSchema()
        .endVersion()
        .endSpec()
        .build();
  }
}
