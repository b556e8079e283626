package dev.cocolab.evidence.nvidia;

import dev.cocolab.evidence.LittleEndianReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The opaque data of a measurement report, as claims: a list of type, size and value. */
final class OpaqueData {

  private static final int HEADER = 4;
  private static final int MAX_COUNTS = 255;
  private static final HexFormat HEX = HexFormat.of();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private OpaqueData() {}

  /** Up to four bytes at the end are not looked at, as in Trustee. */
  static ObjectNode claims(byte[] bytes) {
    ObjectNode claims = JSON.objectNode();
    LittleEndianReader reader = MeasurementReport.reader(bytes);
    while (reader.remaining() > HEADER) {
      int type = reader.u16("OpaqueData overflow");
      OpaqueField field =
          OpaqueField.ofId(type)
              .orElseThrow(() -> MeasurementReport.malformed("Invalid OpaqueDataType " + type));
      int size = reader.u16("OpaqueData overflow");
      byte[] value =
          reader.take(
              size,
              "OpaqueData overflow: offset 0x%x, data_size 0x%x"
                  .formatted(reader.position(), size));
      if (claims.has(field.claimName())) {
        throw MeasurementReport.malformed("Duplicated OpaqueDataType: " + field.claimName());
      }
      claims.set(field.claimName(), claim(field.form(), value));
    }
    if (bytes.length > 0
        && !(claims.has(OpaqueField.VBIOS_VERSION.claimName())
            && claims.has(OpaqueField.DRIVER_VERSION.claimName()))) {
      throw MeasurementReport.malformed(
          "Both vbios_version and driver_version must be present in the report");
    }
    return claims;
  }

  private static JsonNode claim(OpaqueField.Form form, byte[] value) {
    return switch (form) {
      case HEX -> JSON.stringNode(HEX.formatHex(value));
      case TEXT -> JSON.stringNode(text(value));
      case VERSION -> JSON.stringNode(version(value));
      case COUNTS -> counts(value);
      case IDENTIFIERS -> identifiers(value);
      case NUMBER -> JSON.numberNode(number(value));
      case FEATURE -> JSON.stringNode(feature(number(value)));
    };
  }

  private static String text(byte[] value) {
    int end = value.length;
    while (end > 0 && value[end - 1] == 0) {
      end--;
    }
    return new String(value, 0, end, StandardCharsets.UTF_8);
  }

  private static String version(byte[] value) {
    if (value.length == 0) {
      throw MeasurementReport.malformed("Invalid gpu vbios version");
    }
    int half = value.length / 2;
    StringJoiner numbers = new StringJoiner(".");
    for (int i = half - 1; i >= 0; i--) {
      numbers.add(HEX.toHexDigits(value[i]));
    }
    return numbers + "." + HEX.toHexDigits(value[half]);
  }

  private static ObjectNode counts(byte[] value) {
    requireMultiple(value, Integer.BYTES);
    if (value.length > MAX_COUNTS * Integer.BYTES) {
      throw MeasurementReport.malformed("more than " + MAX_COUNTS + " measurement counts");
    }
    ObjectNode counts = JSON.objectNode();
    LittleEndianReader reader = MeasurementReport.reader(value);
    for (int index = 1; reader.remaining() > 0; index++) {
      counts.put(Integer.toString(index), Integer.toUnsignedLong(reader.u32("count")));
    }
    return counts;
  }

  private static ArrayNode identifiers(byte[] value) {
    requireMultiple(value, Long.BYTES);
    ArrayNode list = JSON.arrayNode();
    for (int from = 0; from < value.length; from += Long.BYTES) {
      list.add(HEX.formatHex(value, from, from + Long.BYTES));
    }
    return list;
  }

  private static void requireMultiple(byte[] value, int size) {
    if (value.length % size != 0) {
      throw MeasurementReport.malformed("OpaqueDataType is not multiple of " + size);
    }
  }

  private static BigInteger number(byte[] value) {
    if (value.length > Long.BYTES) {
      throw MeasurementReport.malformed("OpaqueDataType integer larger than 8 bytes");
    }
    long bits = MeasurementReport.reader(Arrays.copyOf(value, Long.BYTES)).u64("number");
    return new BigInteger(Long.toUnsignedString(bits));
  }

  private static String feature(BigInteger number) {
    return switch (number.toString()) {
      case "0" -> "SPT";
      case "1" -> "MPT";
      case "2" -> "PPCIE";
      default -> "unknown";
    };
  }
}
