package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import dev.cocolab.image.PolicyRequirement.SigstoreSigned;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Checks {@code sigstoreSigned}: signatures that cosign made with a key and stored beside the
 * image, under the tag {@code sha256-<hex>.sig} of what the reference points to. No transparency
 * log, no certificates: annotations about those are not read. Payloads are bounded to 64 KiB each.
 *
 * <p>The digest that is looked up is that of the manifest or index the pull has read, so a tag that
 * moves in between changes nothing.
 */
public final class CosignVerifier {

  private static final int PAYLOAD_LIMIT = 64 * 1024;

  private final RegistryClient registry;
  private final KeySource keys;

  /**
   * @param registry signatures are read with its credentials and roots
   */
  public CosignVerifier(RegistryClient registry, KeySource keys) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.keys = Objects.requireNonNull(keys, "keys");
  }

  /** A layer that says something about the image; whether the key made it is still open. */
  private static final class Layer {
    private final CosignPayload payload;
    private final byte[] signed;
    private final String signature;

    private Layer(CosignPayload payload, byte[] signed, String signature) {
      this.payload = payload;
      this.signed = signed;
      this.signature = signature;
    }

    private boolean verifiedBy(SignatureKey key) {
      // Line breaks inside are what base64(1) leaves.
      String text = signature.replace("\r", "").replace("\n", "");
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(text);
      } catch (IllegalArgumentException notBase64) {
        return false;
      }
      // The guest's decoder wants padding, which Java's does without.
      return Base64.getEncoder().encodeToString(bytes).equals(text) && key.verifies(signed, bytes);
    }
  }

  /**
   * Returns when the image satisfies the requirement. Throws {@link ImageException} with the check
   * that failed; the checks come in the order of the guest's image client.
   */
  void verify(SigstoreSigned requirement, ImageReference image, ImageManifest manifest) {
    if (requirement.identity().orElse(null) instanceof SignedIdentity.Unsuitable rule) {
      throw refused(Reason.IDENTITY_RULE_UNSUITABLE, "Denied by " + rule.text());
    }
    byte[] pem = key(requirement);
    Digest digest = manifest.referenced();
    List<Layer> layers = layers(image, digest);
    SignatureKey key = SignatureKey.parse(pem);
    if (layers.stream().noneMatch(layer -> layer.verifiedBy(key))) {
      throw refused(
          Reason.SIGNATURE_NOT_BY_KEY,
          "none of the " + layers.size() + " signatures of " + digest + " was made with the key");
    }
    for (Layer layer : layers) {
      String signed = layer.payload.dockerReference();
      if (!requirement.identity().map(rule -> rule.holds(image, signed)).orElse(true)) {
        throw refused(
            Reason.IDENTITY_MISMATCH,
            "Match reference failed. The signature is for " + signed + ", the image is " + image);
      }
    }
  }

  private byte[] key(SigstoreSigned requirement) {
    if (requirement.keyPath().isPresent() && requirement.keyData().isPresent()) {
      throw refused(Reason.KEY_NAMED_TWICE, "Both keyPath and keyData are specified.");
    }
    if (requirement.keyPath().isPresent()) {
      return keys.read(requirement.keyPath().get());
    }
    return requirement
        .keyData()
        .map(pem -> pem.getBytes(StandardCharsets.UTF_8))
        .orElseThrow(
            () -> refused(Reason.KEY_NOT_NAMED, "Neither keyPath nor keyData is specified."));
  }

  /** The layers that say something about this digest; there is at least one. */
  private List<Layer> layers(ImageReference image, Digest digest) {
    ImageReference place = CosignSignature.place(image, digest);
    ImageManifest manifest =
        registry
            .signatureManifest(place)
            .orElseThrow(
                () ->
                    refused(
                        Reason.SIGNATURE_MISSING, "there is no signature, nothing is at " + place));
    if (manifest.layers().isEmpty()) {
      throw refused(Reason.SIGNATURE_WITHOUT_LAYERS, place + " has no layers");
    }
    for (Descriptor layer : manifest.layers()) {
      if (!layer.mediaType().equals(CosignPayload.MEDIA_TYPE)) {
        throw refused(
            Reason.SIGNATURE_MEDIA_TYPE,
            place + " has a layer of the media type " + layer.mediaType());
      }
    }
    List<Layer> usable = new ArrayList<>();
    List<ImageException> skipped = new ArrayList<>();
    for (Descriptor layer : manifest.layers()) {
      byte[] content = content(place, layer);
      try {
        usable.add(layer(layer, content, digest));
      } catch (ImageException e) {
        skipped.add(e);
      }
    }
    if (usable.isEmpty()) {
      throw refused(
          skipped.get(0).reason(),
          skipped.stream().map(ImageException::getMessage).collect(Collectors.joining("; ")));
    }
    return usable;
  }

  private static Layer layer(Descriptor descriptor, byte[] content, Digest digest) {
    CosignPayload payload = CosignPayload.parse(content);
    if (!payload.manifestDigest().equals(digest.toString())) {
      throw refused(
          Reason.PAYLOAD_NAMES_OTHER_DIGEST,
          "the signed payload names " + payload.manifestDigest() + ", not " + digest);
    }
    String signature = descriptor.annotations().get(CosignPayload.SIGNATURE);
    if (signature == null) {
      throw refused(
          Reason.SIGNATURE_ANNOTATION_MISSING,
          "the layer " + descriptor.digest() + " has no annotation " + CosignPayload.SIGNATURE);
    }
    return new Layer(payload, content, signature);
  }

  private byte[] content(ImageReference place, Descriptor layer) {
    if (layer.size() > PAYLOAD_LIMIT) {
      throw refused(Reason.TOO_LARGE, "the signed payload " + layer.digest() + " is over 64 KiB");
    }
    try (InputStream body = registry.blob(place, layer)) {
      return body.readAllBytes();
    } catch (IOException e) {
      throw new ImageException(
          Stage.ADMISSION, Reason.TRUNCATED, "reading the signed payload of " + place, e);
    }
  }

  private static ImageException refused(Reason reason, String message) {
    return new ImageException(Stage.ADMISSION, reason, message);
  }
}
