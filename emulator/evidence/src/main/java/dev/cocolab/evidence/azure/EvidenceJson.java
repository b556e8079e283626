package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.StrictBase64;
import dev.cocolab.evidence.tpm.PcrBank;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * An object of evidence whose members have fixed types; everything else is refused as malformed.
 */
final class EvidenceJson {

  /** More than any hardware has; bounds the work on hostile input. */
  private static final int MAX_PCRS = 64;

  private static final int MAX_BYTES = 1 << 16;

  private final JsonNode node;

  private EvidenceJson(JsonNode node) {
    this.node = node;
  }

  static EvidenceJson of(JsonNode node) {
    if (!node.isObject()) {
      throw malformed("not an object");
    }
    return new EvidenceJson(node);
  }

  EvidenceJson object(String member) {
    JsonNode value = node.path(member);
    if (!value.isObject()) {
      throw malformed("missing field `" + member + "`");
    }
    return new EvidenceJson(value);
  }

  String string(String member) {
    return text(node.path(member), member);
  }

  byte[] hex(String member) {
    return hex(node.path(member), member);
  }

  List<byte[]> hexList(String member) {
    List<byte[]> values = new ArrayList<>();
    for (JsonNode element : array(node.path(member), member, MAX_PCRS)) {
      values.add(hex(element, member));
    }
    return values;
  }

  byte[] base64(String member) {
    return StrictBase64.decodeUrl(string(member))
        .orElseThrow(() -> malformed("`" + member + "` is not URL-safe base64"));
  }

  byte[] numbers(String member) {
    return numbers(node.path(member), member);
  }

  List<byte[]> registers(String member) {
    List<byte[]> values = new ArrayList<>();
    for (JsonNode element : array(node.path(member), member, MAX_PCRS)) {
      byte[] value = numbers(element, member);
      if (value.length != PcrBank.DIGEST_SIZE) {
        throw malformed("an element of `" + member + "` has " + value.length + " bytes, not 32");
      }
      values.add(value);
    }
    return values;
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] hex(JsonNode value, String member) {
    try {
      return HexFormat.of().parseHex(text(value, member));
    } catch (IllegalArgumentException e) {
      throw malformed("`" + member + "` is not hex");
    }
  }

  private static byte[] numbers(JsonNode value, String member) {
    JsonNode array = array(value, member, MAX_BYTES);
    byte[] bytes = new byte[array.size()];
    for (int i = 0; i < bytes.length; i++) {
      JsonNode number = array.get(i);
      if (!number.isIntegralNumber()
          || !number.canConvertToInt()
          || number.asInt() < 0
          || number.asInt() > 0xff) {
        throw malformed("`" + member + "` is not a list of bytes");
      }
      bytes[i] = (byte) number.asInt();
    }
    return bytes;
  }

  private static JsonNode array(JsonNode value, String member, int limit) {
    if (!value.isArray()) {
      throw malformed("`" + member + "` is not a list");
    }
    if (value.size() > limit) {
      throw malformed("`" + member + "` has more than " + limit + " elements");
    }
    return value;
  }

  private static String text(JsonNode value, String member) {
    if (!value.isString()) {
      throw malformed("`" + member + "` is not a string");
    }
    String text = value.asString();
    if (text.length() > 2 * MAX_BYTES) {
      throw malformed("`" + member + "` is too long");
    }
    return text;
  }

  private static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.EVIDENCE_MALFORMED, cause);
  }
}
