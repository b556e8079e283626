package dev.cocolab.guest;

import dev.cocolab.guest.GuestException.Reason;
import dev.cocolab.image.CosignVerifier;
import dev.cocolab.image.Decision;
import dev.cocolab.image.Digest;
import dev.cocolab.image.ImageException;
import dev.cocolab.image.ImageManifest;
import dev.cocolab.image.ImageReference;
import dev.cocolab.image.RegistryClient;
import dev.cocolab.image.RegistryCredentials;
import dev.cocolab.image.SignaturePolicy;
import dev.cocolab.image.UnpackedImage;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The image client inside the data hub. It is made at the first pull, in this order: registry
 * credentials, sigstore configuration, image policy, registry configuration; and again at the next
 * pull when that failed. What the broker delivered is kept for the life of the VM. Pulls run one
 * after the other; an image whose configuration was pulled before is not judged again.
 */
final class GuestImageClient implements AutoCloseable {

  private static final String DOMAIN = "github.com/confidential-containers";
  private static final String CLIENT_ERROR = "[CDH] [ERROR]: Image Client error: ";
  private static final String PULL_ERROR = "[CDH] [ERROR]: Image Pull error: ";

  private record Made(
      RegistryClient registry, Optional<SignaturePolicy> policy, CosignVerifier verifier) {}

  private final DataHub hub;
  private final AttestationAgent agent;
  private final GuestSurroundings surroundings;
  private final ImageResources resources;
  private final Set<Digest> pulledConfigs = new HashSet<>();
  private Optional<Made> made = Optional.empty();

  GuestImageClient(DataHub hub, AttestationAgent agent, GuestSurroundings surroundings) {
    this.hub = hub;
    this.agent = agent;
    this.surroundings = surroundings;
    this.resources = new ImageResources(hub);
  }

  /** Throws {@link GuestException} IMAGE_CLIENT or IMAGE_PULL. */
  synchronized UnpackedImage pull(String image) {
    if (made.isEmpty()) {
      made = Optional.of(make());
    }
    Made client = made.get();
    ImageReference reference;
    try {
      reference = ImageReference.parse(image);
    } catch (ImageException e) {
      throw failure(Reason.IMAGE_PULL, PULL_ERROR + "Illegal image reference", e);
    }
    List<Digest> configs = new ArrayList<>();
    UnpackedImage unpacked;
    try {
      unpacked =
          surroundings
              .images()
              .pull(
                  reference,
                  client.registry(),
                  (name, manifest) -> {
                    configs.add(manifest.config().digest());
                    admit(client, name, manifest);
                  });
    } catch (ImageException e) {
      String text =
          "Failed to pull image "
              + image
              + " from all mirror/mapping locations or original location: image: "
              + reference
              + ", error: "
              + PullErrorText.of(e);
      throw failure(Reason.IMAGE_PULL, PULL_ERROR + text, e);
    }
    pulledConfigs.addAll(configs);
    measure(image, unpacked);
    return unpacked;
  }

  private void admit(Made client, ImageReference name, ImageManifest manifest) {
    if (pulledConfigs.contains(manifest.config().digest())) {
      return;
    }
    if (client.policy().isPresent()
        && client.policy().get().decide(name, manifest, client.verifier())
            instanceof Decision.Refused refused) {
      surroundings
          .guestLog()
          .accept(
              "confidential-data-hub: image policy refuses "
                  + name
                  + ": "
                  + refused.reason()
                  + ": "
                  + refused.detail());
      throw ImageException.rejected(refused);
    }
  }

  private void measure(String image, UnpackedImage unpacked) {
    String content =
        "{\"image\":\"" + image + "\", \"digest\":\"" + unpacked.manifestDigest() + "\"}";
    try {
      AttestationAgent.Measurement result =
          agent.measure(DOMAIN, "PullImage", content, Optional.empty());
      if (result != AttestationAgent.Measurement.OK) {
        surroundings
            .guestLog()
            .accept("confidential-data-hub: the pull of " + image + " is not measured: " + result);
      }
    } catch (KbsException e) {
      throw failure(
          Reason.IMAGE_PULL,
          "[CDH] [ERROR]: Attestation Agent client error: failed to extend runtime measurement: "
              + e.getMessage(),
          e);
    }
  }

  private Made make() {
    HubConfig.ImageSettings settings = hub.config().image();
    Optional<RegistryCredentials> credentials = settings.credentialsUri().map(this::credentials);
    settings.sigstoreUri().ifPresent(this::fetch);
    Optional<SignaturePolicy> policy = policy(settings);
    if (!settings.unsupported().isEmpty()) {
      throw clientFailure(
          "Initialize registry configuration failed: "
              + settings.unsupported()
              + " is not supported by CoCoLab",
          new KbsException("cdh.toml: not supported: " + settings.unsupported()));
    }
    if (policy.isEmpty()) {
      surroundings
          .guestLog()
          .accept("confidential-data-hub: no image security policy, every image is accepted");
    }
    List<X509Certificate> roots = TrustRoots.with(surroundings.systemRoots(), extraRoots(settings));
    RegistryClient.Options options =
        RegistryClient.Options.https(surroundings.vertx(), surroundings.hosts(), roots)
            .withCredentials(credentials);
    RegistryClient registry = new RegistryClient(options);
    return new Made(registry, policy, new CosignVerifier(registry, resources));
  }

  private RegistryCredentials credentials(String uri) {
    byte[] file = fetch(uri);
    try {
      return RegistryCredentials.parse(file);
    } catch (ImageException e) {
      throw clientFailure("Initialize auth module failed: " + e.getMessage(), e);
    }
  }

  private Optional<SignaturePolicy> policy(HubConfig.ImageSettings settings) {
    Optional<byte[]> text =
        settings
            .policyUri()
            .map(this::fetch)
            .or(() -> settings.policy().map(inline -> inline.getBytes(StandardCharsets.UTF_8)));
    try {
      return text.map(SignaturePolicy::parse);
    } catch (ImageException e) {
      throw clientFailure("Initialize signature validator failed: " + e.getMessage(), e);
    }
  }

  private List<X509Certificate> extraRoots(HubConfig.ImageSettings settings) {
    List<X509Certificate> roots = new ArrayList<>();
    try {
      settings.extraRoots().forEach(pem -> roots.add(TrustRoots.certificate(pem)));
      return roots;
    } catch (IllegalArgumentException e) {
      throw clientFailure(
          "Initialize http client failed: extra_root_certificates: " + e.getMessage(), e);
    }
  }

  private byte[] fetch(String location) {
    try {
      return resources.fetch(location);
    } catch (KbsException e) {
      Throwable why =
          e.getCause() == null ? new KbsException(e.getMessage() + ": " + location) : e.getCause();
      throw clientFailure(
          "Initialize resource provider failed: " + e.getMessage(), (RuntimeException) why);
    }
  }

  private GuestException clientFailure(String text, RuntimeException cause) {
    return failure(Reason.IMAGE_CLIENT, CLIENT_ERROR + text, cause);
  }

  private GuestException failure(Reason reason, String message, RuntimeException cause) {
    surroundings.guestLog().accept("confidential-data-hub: " + message);
    RpcStatus status = RpcStatus.internal(message);
    return new GuestException(
        reason,
        status.containerEvent(surroundings.profile()),
        message + " (" + innermost(cause) + ")",
        cause);
  }

  /** What a policy's refusal leaves out of its text is in the cause. */
  private static String innermost(RuntimeException failure) {
    return failure instanceof ImageException && failure.getCause() instanceof ImageException check
        ? String.valueOf(check.getMessage())
        : String.valueOf(failure.getMessage());
  }

  @Override
  public synchronized void close() {
    made.ifPresent(client -> client.registry().close());
    made = Optional.empty();
  }
}
