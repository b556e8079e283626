package dev.cocolab.evidence.nvidia;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.LittleEndianReader;
import dev.cocolab.evidence.Refusal;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The request for measurements and the device's answer to it, one after the other: what the device
 * signs with ECDSA P-384 and SHA-384, and the signature. Immutable.
 *
 * <p>Version 1.1 only, measurements in the form of the DMTF only.
 */
final class MeasurementReport {

  static final int NONCE_SIZE = 32;
  static final int SIGNATURE_SIZE = 96;

  private static final int VERSION = 0x11;
  private static final int REQUEST_SIZE = 37;
  private static final int RESPONSE_HEAD = 8;
  private static final int DMTF = 1;
  private static final int U24 = 0xff_ffff;

  private final byte[] signed;
  private final byte[] nonce;
  private final Map<Integer, byte[]> measurements;
  private final ObjectNode configuration;
  private final byte[] signature;
  private final int trailing;

  private MeasurementReport(
      byte[] signed,
      byte[] nonce,
      Map<Integer, byte[]> measurements,
      ObjectNode configuration,
      byte[] signature,
      int trailing) {
    this.signed = signed;
    this.nonce = nonce;
    this.measurements = measurements;
    this.configuration = configuration;
    this.signature = signature;
    this.trailing = trailing;
  }

  /**
   * Reads a report. Bytes after the signature are not looked at.
   *
   * @throws EvidenceException {@link Refusal#NVIDIA_REPORT_MALFORMED}
   */
  static MeasurementReport parse(byte[] bytes) {
    if (bytes.length < REQUEST_SIZE) {
      throw malformed("Attestation report data is too small");
    }
    LittleEndianReader reader = reader(bytes);
    requireVersion(reader.u8("request"));
    reader.skip(3, "request"); // code and parameters
    byte[] nonce = reader.take(NONCE_SIZE, "request");
    reader.skip(1, "request"); // slot

    if (reader.remaining() < RESPONSE_HEAD) {
      throw malformed("SpdmGetMeasurementsResponse message smaller 8 bytes");
    }
    requireVersion(reader.u8("response"));
    reader.skip(3, "response"); // code and parameters
    long countAndLength = Integer.toUnsignedLong(reader.u32("response"));
    int count = (int) (countAndLength & 0xff);
    int length = (int) (countAndLength >>> Byte.SIZE) & U24;
    byte[] record = reader.take(length, "MeasurementRecord overflow");
    Map<Integer, byte[]> measurements = length == 0 ? Map.of() : measurements(record, count);
    reader.skip(NONCE_SIZE, "Nonce overflow"); // of the device
    int opaque = reader.u16("OpaqueDataLength overlow");
    ObjectNode configuration = OpaqueData.claims(reader.take(opaque, "OpaqueData overflow"));
    int signed = reader.position();
    byte[] signature = reader.take(SIGNATURE_SIZE, "Signature overflow");
    return new MeasurementReport(
        Arrays.copyOf(bytes, signed),
        nonce,
        measurements,
        configuration,
        signature,
        reader.remaining());
  }

  private static void requireVersion(int version) {
    if (version != VERSION) {
      throw malformed("SPDM version 0x%x not supported".formatted(version));
    }
  }

  private static Map<Integer, byte[]> measurements(byte[] record, int count) {
    LittleEndianReader reader = reader(record);
    Map<Integer, byte[]> measurements = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int index = reader.u8("MeasurementBlock overflow");
      int specification = reader.u8("MeasurementBlock overflow");
      int size = reader.u16("MeasurementBlock overflow");
      if (specification != DMTF) {
        throw malformed("Only measurements encoded in the DMTF layout are supported");
      }
      LittleEndianReader block = reader(reader.take(size, "Measurement overflow"));
      block.skip(1, "DMTF measurement must be bigger than 3 bytes"); // kind of value
      int valueSize = block.u16("DMTF measurement must be bigger than 3 bytes");
      measurements.put(index, block.take(valueSize, "DMTF measurement overflow"));
    }
    return measurements;
  }

  static LittleEndianReader reader(byte[] bytes) {
    return new LittleEndianReader(bytes, MeasurementReport::malformed);
  }

  static EvidenceException malformed(String message) {
    return EvidenceException.of(Refusal.NVIDIA_REPORT_MALFORMED, message);
  }

  /** Everything before the signature. */
  byte[] signed() {
    return signed.clone();
  }

  /** The signature, r and s of 48 bytes each, big-endian. */
  byte[] signature() {
    return signature.clone();
  }

  /** What the one who asked wanted to find in the answer: 32 bytes. */
  byte[] nonce() {
    return nonce.clone();
  }

  /** Digest of the firmware that made the key, in hex; empty if the report has none. */
  Optional<String> firmwareId() {
    return configuration.path(OpaqueField.FWID.claimName()).asStringOpt();
  }

  boolean hasTrailingBytes() {
    return trailing > 0;
  }

  /** The measurements by their index, in hex. */
  ObjectNode measurementClaims() {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    measurements.forEach(
        (index, value) -> claims.put(Integer.toString(index), EvidenceJson.hex(value)));
    return claims;
  }

  /** What the opaque data says about the device. */
  ObjectNode configurationClaims() {
    return configuration.deepCopy();
  }
}
