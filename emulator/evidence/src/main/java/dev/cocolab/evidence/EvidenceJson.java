package dev.cocolab.evidence;

import dev.cocolab.evidence.tpm.PcrBank;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * An object of evidence whose members have fixed types; everything else is refused as malformed.
 * What it returns is bounded: 64 KiB a member, 64 registers. Immutable.
 *
 * <p>Every method throws an {@link EvidenceException} with the reason given at the start if the
 * member is absent, of another type or too large.
 */
public final class EvidenceJson {

  /** More registers or certificates than any hardware has; bounds the work on hostile input. */
  private static final int MAX_ELEMENTS = 64;

  private static final int MAX_BYTES = 1 << 16;

  private final JsonNode node;
  private final Refusal reason;

  private EvidenceJson(JsonNode node, Refusal reason) {
    this.node = node;
    this.reason = reason;
  }

  /**
   * The evidence as a whole.
   *
   * @param reason what malformed evidence of this kind is refused for
   */
  public static EvidenceJson of(JsonNode node, Refusal reason) {
    if (!node.isObject()) {
      throw EvidenceException.because(reason, "not an object");
    }
    return new EvidenceJson(node, reason);
  }

  /** A member that is an object. */
  public EvidenceJson object(String member) {
    JsonNode value = node.path(member);
    if (!value.isObject()) {
      throw malformed("missing field `" + member + "`");
    }
    return new EvidenceJson(value, reason);
  }

  /** A member that is a text. */
  public String string(String member) {
    return text(node.path(member), member);
  }

  /** A member that is bytes in hex. */
  public byte[] hex(String member) {
    return hex(node.path(member), member);
  }

  /** A member that is a list of bytes in hex. */
  public List<byte[]> hexList(String member) {
    List<byte[]> values = new ArrayList<>();
    for (JsonNode element : array(node.path(member), member, MAX_ELEMENTS)) {
      values.add(hex(element, member));
    }
    return values;
  }

  /** A member that is a list of texts. */
  public List<String> strings(String member) {
    List<String> values = new ArrayList<>();
    for (JsonNode element : array(node.path(member), member, MAX_ELEMENTS)) {
      values.add(text(element, member));
    }
    return values;
  }

  /** A member that is bytes in URL-safe base64 with padding. */
  public byte[] base64Url(String member) {
    return StrictBase64.decodeUrl(string(member))
        .orElseThrow(() -> malformed("`" + member + "` is not URL-safe base64"));
  }

  /** A member that is bytes in standard base64 with padding. */
  public byte[] base64(String member) {
    return StrictBase64.decodeStandard(string(member))
        .orElseThrow(() -> malformed("`" + member + "` is not base64"));
  }

  /** A member that is bytes as a list of numbers. */
  public byte[] numbers(String member) {
    return numbers(node.path(member), member);
  }

  /** A member that is so many bytes as a list of numbers. */
  public byte[] numbers(String member, int size) {
    byte[] bytes = numbers(member);
    if (bytes.length != size) {
      throw malformed("`" + member + "` has " + bytes.length + " bytes, not " + size);
    }
    return bytes;
  }

  /**
   * A member that is an unsigned integer.
   *
   * @param bits at most 64
   * @return the bits of the number; negative for one above 2^63
   */
  public long unsigned(String member, int bits) {
    return optionalUnsigned(member, bits)
        .orElseThrow(() -> malformed("missing field `" + member + "`"));
  }

  /** As {@link #unsigned}, empty if the member is absent or null. */
  public OptionalLong optionalUnsigned(String member, int bits) {
    JsonNode value = node.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalLong.empty();
    }
    if (!value.isIntegralNumber()
        || value.bigIntegerValue().signum() < 0
        || value.bigIntegerValue().bitLength() > bits) {
      throw malformed("`" + member + "` is not an unsigned integer of " + bits + " bits");
    }
    return OptionalLong.of(value.bigIntegerValue().longValue());
  }

  /** A member that is a list of objects, at most 64; empty if it is absent or null. */
  public Optional<List<EvidenceJson>> optionalObjects(String member) {
    JsonNode value = node.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    List<EvidenceJson> objects = new ArrayList<>();
    for (JsonNode element : array(value, member, MAX_ELEMENTS)) {
      if (!element.isObject()) {
        throw malformed("an element of `" + member + "` is not an object");
      }
      objects.add(new EvidenceJson(element, reason));
    }
    return Optional.of(objects);
  }

  /** A member as it is; missing if it is absent. */
  public JsonNode member(String member) {
    return node.path(member);
  }

  /** A member that is a list of registers of 32 bytes, each a list of numbers. */
  public List<byte[]> registers(String member) {
    List<byte[]> values = new ArrayList<>();
    for (JsonNode element : array(node.path(member), member, MAX_ELEMENTS)) {
      byte[] value = numbers(element, member);
      if (value.length != PcrBank.DIGEST_SIZE) {
        throw malformed("an element of `" + member + "` has " + value.length + " bytes, not 32");
      }
      values.add(value);
    }
    return values;
  }

  /** Lower-case hex. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private byte[] hex(JsonNode value, String member) {
    try {
      return HexFormat.of().parseHex(text(value, member));
    } catch (IllegalArgumentException e) {
      throw malformed("`" + member + "` is not hex");
    }
  }

  private byte[] numbers(JsonNode value, String member) {
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

  private JsonNode array(JsonNode value, String member, int limit) {
    if (!value.isArray()) {
      throw malformed("`" + member + "` is not a list");
    }
    if (value.size() > limit) {
      throw malformed("`" + member + "` has more than " + limit + " elements");
    }
    return value;
  }

  private String text(JsonNode value, String member) {
    if (!value.isString()) {
      throw malformed("`" + member + "` is not a string");
    }
    String text = value.asString();
    if (text.length() > 2 * MAX_BYTES) {
      throw malformed("`" + member + "` is too long");
    }
    return text;
  }

  private EvidenceException malformed(String cause) {
    return EvidenceException.because(reason, cause);
  }
}
