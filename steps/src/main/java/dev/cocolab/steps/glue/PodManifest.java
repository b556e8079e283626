package dev.cocolab.steps.glue;

import dev.cocolab.fixtures.Manifests;
import dev.cocolab.steps.World;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;

/** The workshop's manifests, with what a scenario prepared for its next pod. */
final class PodManifest {
  private static final String INITDATA_ANNOTATION =
      "io.katacontainers.config.hypervisor.cc_init_data";
  private static final String SAS_DIRECTORY = "/azure";

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
    return world.sasSecret().map(secret -> withSas(pod, secret)).orElse(pod);
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
                .withValue(SAS_DIRECTORY + "/azure-sas")
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
