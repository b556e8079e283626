package dev.cocolab.steps.glue;

import dev.cocolab.fixtures.Manifests;
import dev.cocolab.steps.World;
import dev.cocolab.steps.targets.DatasetAddress;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;

/** The workshop's manifests, with what a scenario prepared for its next pod. */
final class PodManifest {
  private static final String INITDATA_ANNOTATION =
      "io.katacontainers.config.hypervisor.cc_init_data";
  private static final String SAS_DIRECTORY = "/azure";
  private static final String SAS_KEY = "azure-sas";
  private static final String ADDRESS_SECRET = "fraud-dataset-address";

  /** With this variable a container decrypts the dataset, so it needs to know where that is. */
  private static final String DECRYPTS = "DECRYPTION_KEY_PATH";

  private PodManifest() {}

  /** As it is in the workshop. */
  static Pod of(String name) {
    return Serialization.unmarshal(Manifests.text(name + ".yaml"), Pod.class);
  }

  static Pod traditional(String name) {
    return of(name + "-traditional");
  }

  /** With the initdata and the address of the dataset that the scenario prepared. */
  static Pod prepared(String name, World world) {
    Pod pod = of(name);
    world
        .podInitdata()
        .ifPresent(
            initdata ->
                pod.getMetadata()
                    .getAnnotations()
                    .put(INITDATA_ANNOTATION, initdata.encodeAnnotation()));
    return withDataset(pod, world);
  }

  /**
   * With the address of the dataset where the workload's defaults do not lead to it, and the
   * signature that the scenario prepared or, without one, a good one in a Secret beside the pod.
   */
  static Pod withDataset(Pod pod, World world) {
    Optional<DatasetAddress> address =
        decrypts(pod) ? world.target().blobs().address() : Optional.empty();
    Pod addressed = address.map(where -> withAddress(pod, where)).orElse(pod);
    Optional<String> secret = world.sasSecret().or(() -> address.map(where -> keep(where, world)));
    return secret.map(name -> withSas(addressed, name)).orElse(addressed);
  }

  private static boolean decrypts(Pod pod) {
    return pod.getSpec().getContainers().get(0).getEnv().stream()
        .anyMatch(variable -> variable.getName().equals(DECRYPTS));
  }

  private static String keep(DatasetAddress address, World world) {
    world.developer().keepSecret(ADDRESS_SECRET, SAS_KEY, address.sas());
    world.mountSas(ADDRESS_SECRET);
    return ADDRESS_SECRET;
  }

  private static Pod withAddress(Pod pod, DatasetAddress address) {
    return new PodBuilder(pod)
        .editSpec()
        .editFirstContainer()
        .addNewEnv()
        .withName("AZURE_STORAGE_NAME")
        .withValue(address.account())
        .endEnv()
        .addNewEnv()
        .withName("CONTAINER_NAME")
        .withValue(address.container())
        .endEnv()
        .addNewEnv()
        .withName("BLOB_NAME")
        .withValue(address.blob())
        .endEnv()
        .endContainer()
        .endSpec()
        .build();
  }

  /** The first container runs this shell script, with a variable from the key of a Secret. */
  static Pod printing(Pod pod, String variable, String secret, String key, String script) {
    return new PodBuilder(pod)
        .editSpec()
        .editFirstContainer()
        .withCommand("sh", "-c", script)
        .addNewEnv()
        .withName(variable)
        .withNewValueFrom()
        .withNewSecretKeyRef(key, secret, false)
        .endValueFrom()
        .endEnv()
        .endContainer()
        .endSpec()
        .build();
  }

  static Pod withImage(Pod pod, String image) {
    return new PodBuilder(pod)
        .editSpec()
        .editFirstContainer()
        .withImage(image)
        .endContainer()
        .endSpec()
        .build();
  }

  private static Pod withSas(Pod pod, String secret) {
    var application = pod.getSpec().getContainers().get(0);
    return new PodBuilder(pod)
        .editSpec()
        .addNewVolume()
        .withName("azure-sas")
        .withNewSecret()
        .withSecretName(secret)
        .endSecret()
        .endVolume()
        .withContainers(
            new ContainerBuilder(application)
                .addNewEnv()
                .withName("SAS_TOKEN_PATH")
                .withValue(SAS_DIRECTORY + "/" + SAS_KEY)
                .endEnv()
                .addNewVolumeMount()
                .withName("azure-sas")
                .withMountPath(SAS_DIRECTORY)
                .endVolumeMount()
                .build())
        .endSpec()
        .build();
  }
}
