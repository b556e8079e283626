package dev.cocolab.evidence.hcl;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the paravisor adds to the hardware report: the keys of the vTPM, the configuration of the VM
 * and the data the guest wrote. Compact JSON with the keys {@code keys}, {@code vm-configuration},
 * {@code user-data} in this order; its exact bytes are hashed into the hardware report.
 */
public final class VariableData {

  /** Name of the key that signs quotes. */
  public static final String AK_ID = "HCLAkPub";

  /** Name of the endorsement key. */
  public static final String EK_ID = "HCLEkPub";

  /** Size of the user data in bytes; shorter data is filled up with zero bytes. */
  public static final int USER_DATA_SIZE = 64;

  /** The only public exponent that Azure's tools accept. */
  private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

  private VariableData() {}

  /**
   * Writes variable data.
   *
   * @param userData at most 64 bytes
   */
  public static byte[] encode(
      RSAPublicKey ak, RSAPublicKey ek, VmConfiguration configuration, byte[] userData) {
    Objects.requireNonNull(configuration, "configuration");
    if (userData.length > USER_DATA_SIZE) {
      throw new IllegalArgumentException("user data has at most 64 bytes, not " + userData.length);
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putArray("keys").add(jwk(AK_ID, "sign", ak)).add(jwk(EK_ID, "encrypt", ek));
    json.set("vm-configuration", configuration.toJson());
    byte[] filled = Arrays.copyOf(userData, USER_DATA_SIZE);
    json.put("user-data", HexFormat.of().withUpperCase().formatHex(filled));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode jwk(String id, String operation, RSAPublicKey key) {
    if (!EXPONENT.equals(key.getPublicExponent())) {
      throw new IllegalArgumentException("the public exponent of a vTPM key is 65537");
    }
    ObjectNode jwk = JsonNodeFactory.instance.objectNode().put("kid", id);
    ArrayNode operations = jwk.putArray("key_ops");
    operations.add(operation);
    return jwk.put("kty", "RSA").put("e", "AQAB").put("n", base64(key.getModulus()));
  }

  private static String base64(BigInteger modulus) {
    byte[] bytes = modulus.toByteArray();
    byte[] magnitude = bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(magnitude);
  }
}
