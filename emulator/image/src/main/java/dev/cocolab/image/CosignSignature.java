package dev.cocolab.image;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A signature as {@code cosign sign --key} stores it in a registry (cosign, "Signature
 * Specification"): an image of its own with one layer, the signed payload, whose annotation is the
 * signature. ECDSA with SHA-256.
 */
public final class CosignSignature {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";

  private final ImageReference place;
  private final byte[] manifest;
  private final byte[] config;
  private final byte[] payload;

  private CosignSignature(ImageReference place, byte[] manifest, byte[] config, byte[] payload) {
    this.place = place;
    this.manifest = manifest;
    this.config = config;
    this.payload = payload;
  }

  /**
   * Signs what an image's name points to.
   *
   * @param image its repository is what the signature names
   * @param content digest of the manifest, or of the index of an image for several platforms
   * @param key EC key on P-256
   */
  public static CosignSignature sign(
      ImageReference image, Digest content, PrivateKey key, SecureRandom random) {
    byte[] payload = new CosignPayload(image.name(), content.toString()).toJson();
    try {
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(key, random);
      signer.update(payload);
      return of(image, content, payload, Base64.getEncoder().encodeToString(signer.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the key cannot sign", e);
    }
  }

  /**
   * A signature that was made elsewhere.
   *
   * @param payload the bytes that were signed
   * @param signature standard base64
   */
  static CosignSignature of(
      ImageReference image, Digest content, byte[] payload, String signature) {
    byte[] config =
        "{\"architecture\":\"\",\"created\":\"0001-01-01T00:00:00Z\",\"os\":\"\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]},\"config\":{}}"
            .formatted(Digest.sha256(payload))
            .getBytes(StandardCharsets.US_ASCII);
    ObjectNode manifest = JSON.createObjectNode();
    manifest.put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
    describe(manifest.putObject("config"), CONFIG_TYPE, config);
    ObjectNode layer = manifest.putArray("layers").addObject();
    describe(layer, CosignPayload.MEDIA_TYPE, payload);
    layer.putObject("annotations").put(CosignPayload.SIGNATURE, signature);
    return new CosignSignature(
        place(image, content), JSON.writeValueAsBytes(manifest), config, payload.clone());
  }

  private static void describe(ObjectNode target, String mediaType, byte[] content) {
    target
        .put("mediaType", mediaType)
        .put("size", content.length)
        .put("digest", Digest.sha256(content).toString());
  }

  /** Where the signatures of some content are looked for: {@code <name>:sha256-<hex>.sig}. */
  static ImageReference place(ImageReference image, Digest content) {
    Objects.requireNonNull(content, "content");
    return new ImageReference(
        image.registry(),
        image.repository(),
        Optional.of(content.algorithm() + "-" + content.hex() + ".sig"),
        Optional.empty());
  }

  /** The name under which a registry keeps it. */
  public ImageReference place() {
    return place;
  }

  byte[] manifest() {
    return manifest.clone();
  }

  byte[] config() {
    return config.clone();
  }

  byte[] payload() {
    return payload.clone();
  }
}
