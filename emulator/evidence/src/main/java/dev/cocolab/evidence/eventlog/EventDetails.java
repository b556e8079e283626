package dev.cocolab.evidence.eventlog;

import dev.cocolab.evidence.LittleEndianReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the data of an event says, by its kind (TCG PC Client Platform Firmware Profile 1.06,
 * sections 10.2 and 10.4). Names, and what makes data malformed, are Trustee's; where Trustee
 * aborts, the data is malformed here.
 */
final class EventDetails {

  private static final String STRING = "string";
  private static final int GUID_SIZE = 16;
  private static final int DATA_LINK_ESCAPE = 0x10;

  /** Before a text in UTF-16 in the events of Google's boot loader. */
  private static final byte[] UTF16_MARK = {0x2e, 0x00};

  private EventDetails() {}

  static ObjectNode of(EventType type, byte[] data) {
    return switch (type) {
      case EV_POST_CODE, EV_ACTION, EV_COMPACT_HASH, EV_OMIT_BOOT_DEVICE_EVENTS, EV_EFI_ACTION ->
          string(
              decode(StandardCharsets.UTF_8, data)
                  .orElseThrow(() -> EventLog.malformed("invalid utf-8 sequence")));
      case EV_EVENT_TAG -> tag(data);
      case EV_PLATFORM_CONFIG_FLAGS -> string(configuration(data));
      case EV_IPL -> string(bootLoader(data));
      case EV_EFI_PLATFORM_FIRMWARE_BLOB2, EV_EFI_HANDOFF_TABLES2 -> string(description(data));
      case EV_EFI_VARIABLE_DRIVER_CONFIG,
          EV_EFI_VARIABLE_BOOT,
          EV_EFI_VARIABLE_BOOT2,
          EV_EFI_VARIABLE_AUTHORITY ->
          variable(data);
      case EV_EFI_BOOT_SERVICES_APPLICATION -> image(data);
      default -> JsonNodeFactory.instance.objectNode();
    };
  }

  /** TCG_PCClientTaggedEvent. */
  private static ObjectNode tag(byte[] data) {
    LittleEndianReader reader = EventLog.reader(data);
    int id = reader.u32("Cannot read event id");
    int size = reader.u32("Cannot read length");
    byte[] text = reader.take(Integer.toUnsignedLong(size), "Failed to read description");
    ObjectNode details = string(new String(text, StandardCharsets.UTF_8).replace("\0", ""));
    if (id == AgentEvent.TAG) {
      details.set(
          "data",
          AgentEventClaims.of(
              decode(StandardCharsets.UTF_8, text)
                  .orElseThrow(() -> EventLog.malformed("Illegal AAEL event data"))));
      details.put("unicode_name", "AAEL");
    }
    return details;
  }

  /** Manufacturer specific; only what can be shown. */
  private static String configuration(byte[] data) {
    StringBuilder shown = new StringBuilder();
    decode(StandardCharsets.UTF_8, data)
        .orElse("")
        .codePoints()
        .map(point -> point == DATA_LINK_ESCAPE ? ' ' : point)
        .filter(point -> !Character.isISOControl(point))
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }

  private static String bootLoader(byte[] data) {
    if (data.length < UTF16_MARK.length) {
      throw EventLog.malformed("Data is too short: expected at least 2 bytes");
    }
    if (data[0] == UTF16_MARK[0] && data[1] == UTF16_MARK[1]) {
      int size = data.length - UTF16_MARK.length;
      if (size == 0 || size % Character.BYTES != 0) {
        throw EventLog.malformed("Data is too short or not UTF-16 string");
      }
      int withoutEnd = size - Character.BYTES;
      return new String(data, UTF16_MARK.length, withoutEnd, StandardCharsets.UTF_16LE);
    }
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    return decode(StandardCharsets.UTF_8, Arrays.copyOf(data, end))
        .orElseGet(() -> HexFormat.of().formatHex(data));
  }

  /** The start of UEFI_PLATFORM_FIRMWARE_BLOB2 and of UEFI_HANDOFF_TABLE_POINTERS2. */
  private static String description(byte[] data) {
    LittleEndianReader reader = EventLog.reader(data);
    int size = reader.u8("Data is too short: expected at least 1 byte");
    if (size == 0) {
      throw EventLog.malformed("Description has no length");
    }
    // The length counts the byte that ends the text.
    byte[] text = reader.take(size - 1L, "Data is too short: expected at least " + size + " bytes");
    return decode(StandardCharsets.UTF_8, text)
        .orElseThrow(() -> EventLog.malformed("invalid utf-8 sequence"));
  }

  /** UEFI_VARIABLE_DATA. */
  private static ObjectNode variable(byte[] data) {
    LittleEndianReader reader = EventLog.reader(data);
    byte[] guid = reader.take(GUID_SIZE, "Failed to read GUID");
    long nameLength = reader.u64("Failed to read unicode name length");
    long valueLength = reader.u64("Failed to read variable data length");
    if (Long.compareUnsigned(nameLength, Integer.MAX_VALUE) > 0) {
      throw EventLog.malformed("Out of bounds while reading description length");
    }
    byte[] name =
        reader.take(nameLength * Character.BYTES, "Out of bounds while reading description bytes");
    byte[] value = reader.take(valueLength, "Out of bounds while reading variable_data");
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    details.put(
        "unicode_name",
        decode(StandardCharsets.UTF_16LE, name)
            .orElseThrow(() -> EventLog.malformed("invalid utf-16: lone surrogate found")));
    details.put("unicode_name_length", nameLength);
    details.put("variable_data", Base64.getEncoder().encodeToString(value));
    details.put("variable_data_length", valueLength);
    return details.put("variable_name", guidByteWise(guid));
  }

  /** UEFI_IMAGE_LOAD_EVENT: address, length and link address are not looked at. */
  private static ObjectNode image(byte[] data) {
    LittleEndianReader reader = EventLog.reader(data);
    int head = 4 * Long.BYTES;
    String tooShort = "Data is too short: expected at least " + head + " bytes";
    reader.skip(3 * Long.BYTES, tooShort);
    long size = reader.u64(tooShort);
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    if (size == 0) {
      return details;
    }
    List<String> nodes = DevicePath.print(reader, size);
    ArrayNode paths = details.putArray("device_paths");
    nodes.forEach(paths::add);
    return details;
  }

  /** In the order of the bytes, which is not how a GUID is written. */
  private static String guidByteWise(byte[] guid) {
    String hex = HexFormat.of().formatHex(guid);
    return String.join(
        "-",
        hex.substring(0, 8),
        hex.substring(8, 12),
        hex.substring(12, 16),
        hex.substring(16, 20),
        hex.substring(20));
  }

  private static ObjectNode string(String text) {
    return JsonNodeFactory.instance.objectNode().put(STRING, text);
  }

  /** The text; empty where the bytes are not of the charset. */
  private static Optional<String> decode(Charset charset, byte[] bytes) {
    try {
      return Optional.of(charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
