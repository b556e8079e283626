package dev.cocolab.image;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys, and signature manifests put together by hand, wrong ones too. */
final class TestSignatures {

  private final List<String> layers = new ArrayList<>();
  private final List<byte[]> blobs = new ArrayList<>();

  static KeyPair curve(String name) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(name));
    return generator.generateKeyPair();
  }

  static KeyPair keys(String algorithm, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (bits > 0) {
      generator.initialize(bits);
    }
    return generator.generateKeyPair();
  }

  static String pem(PublicKey key) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
  }

  static String sign(String algorithm, PrivateKey key, byte[] content)
      throws GeneralSecurityException {
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(content);
    return Base64.getEncoder().encodeToString(signer.sign());
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A signed payload with its signature. */
  TestSignatures layer(byte[] payload, String signature) {
    return layer(CosignPayload.MEDIA_TYPE, payload, Map.of(CosignPayload.SIGNATURE, signature));
  }

  TestSignatures layer(String mediaType, byte[] content, Map<String, String> annotations) {
    List<String> members = new ArrayList<>();
    new LinkedHashMap<>(annotations)
        .forEach(
            (key, value) ->
                members.add(
                    "\"" + key + "\":\"" + value.replace("\r", "\\r").replace("\n", "\\n") + "\""));
    String descriptor =
        TestLayers.descriptor(mediaType, Digest.sha256(content), content.length)
            .replaceFirst("}$", "");
    layers.add(descriptor + ",\"annotations\":{" + String.join(",", members) + "}}");
    blobs.add(content);
    return this;
  }

  byte[] manifest() {
    byte[] config = bytes("{}");
    return bytes(
        "{\"schemaVersion\":2,\"mediaType\":\""
            + MediaTypes.OCI_MANIFEST
            + "\",\"config\":"
            + TestLayers.descriptor(
                "application/vnd.oci.image.config.v1+json", Digest.sha256(config), config.length)
            + ",\"layers\":["
            + String.join(",", layers)
            + "]}");
  }

  void store(RegistryServer registry, ImageReference image, Digest content) {
    registry.store(
        CosignSignature.place(image, content), MediaTypes.OCI_MANIFEST, manifest(), blobs);
  }
}
