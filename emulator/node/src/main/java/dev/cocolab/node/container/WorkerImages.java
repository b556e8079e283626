package dev.cocolab.node.container;

import dev.cocolab.image.ImageAdmission;
import dev.cocolab.image.ImageConfig;
import dev.cocolab.image.ImageException;
import dev.cocolab.image.ImageManifest;
import dev.cocolab.image.ImageReference;
import dev.cocolab.image.ImageStore;
import dev.cocolab.image.RegistryClient;
import dev.cocolab.image.RegistryCredentials;
import dev.cocolab.image.UnpackedImage;
import dev.cocolab.node.pod.ContainerStart;
import dev.cocolab.node.pod.ContainerStartException;
import dev.cocolab.node.pod.ContainerStartException.Reason;
import dev.cocolab.node.pod.EventSink;
import dev.cocolab.node.volume.ClusterObjects;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Images as the worker node pulls them: without any policy, with the pod's pull secrets. */
final class WorkerImages implements AutoCloseable {
  private final ImageStore store;
  private final RegistryClient.Options options;
  private final RegistryClient anonymous;
  private final ClusterObjects objects;
  private final Clock clock;
  private final Map<ImageReference, UnpackedImage> present = new ConcurrentHashMap<>();

  WorkerImages(
      ImageStore store, RegistryClient.Options options, ClusterObjects objects, Clock clock) {
    this.store = store;
    this.options = options;
    this.anonymous = new RegistryClient(options);
    this.objects = objects;
    this.clock = clock;
  }

  /** Pulls the image by the container's policy, with the kubelet's events. */
  UnpackedImage pull(ContainerStart start, String fieldPath) {
    String text = start.container().getImage();
    ImageReference reference = parse(text, start.events(), fieldPath);
    String policy = policy(start, reference);
    UnpackedImage known = present.get(reference);
    if (known != null && !policy.equals("Always")) {
      start
          .events()
          .record(
              EventSink.Type.NORMAL,
              "Pulled",
              "Container image \"" + text + "\" already present on machine",
              fieldPath);
      return known;
    }
    if (policy.equals("Never")) {
      String message = "Container image \"" + text + "\" is not present with pull policy of Never";
      start.events().record(EventSink.Type.WARNING, "ErrImageNeverPull", message, fieldPath);
      throw new ContainerStartException(Reason.IMAGE_NEVER_PULL, message);
    }
    Instant begin = pulling(start, text, fieldPath);
    try {
      UnpackedImage image =
          withClient(
              start.pod(), client -> store.pull(reference, client, ImageAdmission.everything()));
      present.put(reference, image);
      pulled(start, text, begin, fieldPath);
      return image;
    } catch (ImageException e) {
      throw failed(start, text, reference, e, fieldPath);
    }
  }

  /**
   * What CRI-O asks the registry for although the guest pulls: the image configuration.
   *
   * @return empty if the registry wants credentials that only the guest has
   */
  Optional<ImageConfig> metadata(ContainerStart start, String fieldPath) {
    String text = start.container().getImage();
    ImageReference reference = parse(text, start.events(), fieldPath);
    Instant begin = pulling(start, text, fieldPath);
    try {
      ImageConfig config =
          withClient(
              start.pod(),
              client -> {
                ImageManifest manifest = client.manifest(reference);
                return client.config(reference, manifest);
              });
      pulled(start, text, begin, fieldPath);
      return Optional.of(config);
    } catch (ImageException e) {
      if (e.reason() == ImageException.Reason.NOT_AUTHORIZED
          || e.reason() == ImageException.Reason.AUTHENTICATION_FAILED) {
        return Optional.empty();
      }
      throw failed(start, text, reference, e, fieldPath);
    }
  }

  private Instant pulling(ContainerStart start, String image, String fieldPath) {
    start
        .events()
        .record(EventSink.Type.NORMAL, "Pulling", "Pulling image \"" + image + "\"", fieldPath);
    return clock.instant();
  }

  private void pulled(ContainerStart start, String image, Instant begin, String fieldPath) {
    String took = Duration.between(begin, clock.instant()).toMillis() + "ms";
    start
        .events()
        .record(
            EventSink.Type.NORMAL,
            "Pulled",
            "Successfully pulled image \""
                + image
                + "\" in "
                + took
                + " ("
                + took
                + " including waiting)",
            fieldPath);
  }

  private static ContainerStartException failed(
      ContainerStart start,
      String image,
      ImageReference reference,
      ImageException e,
      String fieldPath) {
    String step =
        e.stage() == ImageException.Stage.MANIFEST
            ? "initializing source docker://"
                + reference
                + ": reading manifest "
                + reference.apiReference()
                + " in "
                + reference.name()
                + ": "
            : "";
    String why = e.registryText().orElseGet(e::getMessage);
    String message = "Failed to pull image \"" + image + "\": " + step + why;
    start.events().record(EventSink.Type.WARNING, "Failed", message, fieldPath);
    return new ContainerStartException(Reason.IMAGE_PULL, message, e);
  }

  private static ImageReference parse(String text, EventSink events, String fieldPath) {
    try {
      return ImageReference.parse(text == null ? "" : text);
    } catch (ImageException e) {
      String message =
          "Failed to apply default image tag \""
              + text
              + "\": couldn't parse image name \""
              + text
              + "\": invalid reference format";
      events.record(EventSink.Type.WARNING, "InspectFailed", message, fieldPath);
      throw new ContainerStartException(Reason.INVALID_IMAGE_NAME, message, e);
    }
  }

  private static String policy(ContainerStart start, ImageReference reference) {
    String policy = start.container().getImagePullPolicy();
    if (policy != null && !policy.isEmpty()) {
      return policy;
    }
    return reference.tag().map(tag -> tag.equals("latest")).orElse(false)
        ? "Always"
        : "IfNotPresent";
  }

  private interface Use<T> {
    T with(RegistryClient client);
  }

  private <T> T withClient(Pod pod, Use<T> use) {
    Optional<RegistryCredentials> credentials = Optional.empty();
    for (LocalObjectReference reference : pod.getSpec().getImagePullSecrets()) {
      Optional<Secret> secret =
          objects.secret(pod.getMetadata().getNamespace(), reference.getName());
      String json =
          secret.map(Secret::getData).map(data -> data.get(".dockerconfigjson")).orElse(null);
      if (json != null && credentials.isEmpty()) {
        credentials = Optional.of(RegistryCredentials.parse(Base64.getDecoder().decode(json)));
      }
    }
    if (credentials.isEmpty()) {
      return use.with(anonymous);
    }
    try (RegistryClient client = new RegistryClient(options.withCredentials(credentials))) {
      return use.with(client);
    }
  }

  @Override
  public void close() {
    anonymous.close();
  }
}
