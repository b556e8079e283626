package dev.cocolab.evidence.eventlog;

import dev.cocolab.evidence.LittleEndianReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The text of the nodes of a UEFI device path (UEFI 2.10, section 10.3 and 10.6), for those nodes
 * that Trustee knows; others, and those too short, are printed by numbers.
 */
final class DevicePath {

  private static final int HEADER = 4;
  private static final int GUID_SIZE = 16;
  private static final int HARD_DRIVE_SIZE = 38;
  private static final int MAC_SIZE = 33;
  private static final int IPV4_SIZE = 23;

  /** More than any firmware writes; bounds the work on a hostile log. */
  private static final int MAX_NODES = 256;

  private static final HexFormat HEX = HexFormat.of();

  private DevicePath() {}

  /**
   * The nodes of a path.
   *
   * @param size bytes of the path with the node that ends it, unsigned
   */
  static List<String> print(LittleEndianReader reader, long size) {
    if (Long.compareUnsigned(size, 2 * HEADER) < 0) {
      throw EventLog.malformed("Remaining device path is shorter than 4 bytes");
    }
    LittleEndianReader nodes =
        EventLog.reader(
            reader.take(size - HEADER, "Data is shorter than claimed by dev_path_offset"));
    List<String> printed = new ArrayList<>();
    while (nodes.remaining() > 0) {
      if (printed.size() == MAX_NODES) {
        throw EventLog.malformed("Device path has more than " + MAX_NODES + " nodes");
      }
      String tooShort = "Remaining device path is shorter than 4 bytes";
      int type = nodes.u8(tooShort);
      int subType = nodes.u8(tooShort);
      int length = nodes.u16(tooShort);
      String beyond = "Data is too short: expected at least " + length + " bytes";
      if (length < HEADER) {
        throw EventLog.malformed("Device path node is shorter than its header");
      }
      printed.add(print(type, subType, nodes.take(length - HEADER, beyond)));
    }
    return printed;
  }

  private static String print(int type, int subType, byte[] data) {
    return node(type, subType, data)
        .orElseGet(() -> "Path(%d,%d,%s)".formatted(type, subType, HEX.formatHex(data)));
  }

  private static Optional<String> node(int type, int subType, byte[] data) {
    return switch (type << Byte.SIZE | subType) {
      case 0x0101 -> atLeast(2, data).map(d -> "Pci(%d,%d)".formatted(u8(d, 0), u8(d, 1)));
      case 0x0201 -> atLeast(8, data).map(DevicePath::acpi);
      case 0x0305 -> atLeast(2, data).map(d -> "USB(%d,%d)".formatted(u8(d, 0), u8(d, 1)));
      case 0x030b -> atLeast(MAC_SIZE, data).filter(d -> d.length == MAC_SIZE).map(DevicePath::mac);
      case 0x030c -> atLeast(IPV4_SIZE, data).map(DevicePath::ipv4);
      case 0x0315 ->
          atLeast(16, data).map(d -> "FibreEx(0x%s,0x%s)".formatted(hex(d, 0, 8), hex(d, 8, 16)));
      case 0x0401 -> atLeast(HARD_DRIVE_SIZE, data).flatMap(DevicePath::hardDrive);
      case 0x0403 ->
          atLeast(GUID_SIZE, data)
              .map(d -> "VenMedia(%s,%s)".formatted(guid(d, 0), hex(d, GUID_SIZE, d.length)));
      case 0x0404 -> atLeast(2, data).filter(d -> d.length % 2 == 0).map(DevicePath::file);
      case 0x0501 -> atLeast(4, data).flatMap(DevicePath::biosBoot);
      default -> Optional.empty();
    };
  }

  private static Optional<byte[]> atLeast(int size, byte[] data) {
    return data.length < size ? Optional.empty() : Optional.of(data);
  }

  /** A compressed EISA identifier: three letters of five bits, and a product number. */
  private static String acpi(byte[] data) {
    ByteBuffer fields = littleEndian(data);
    int hid = fields.getInt();
    int uid = fields.getInt();
    StringBuilder vendor = new StringBuilder();
    for (int shift = 10; shift >= 0; shift -= 5) {
      vendor.append((char) ('@' + (hid >>> shift & 0x1f)));
    }
    return "ACPI(%s%04X,%s)".formatted(vendor, hid >>> 16, Integer.toUnsignedString(uid));
  }

  /** The address is padded with zeros, which its own trailing zeros cannot be told from. */
  private static String mac(byte[] data) {
    String address = hex(data, 0, MAC_SIZE - 2).replaceAll("0+$", "").toUpperCase(Locale.ROOT);
    return "Mac(%s,0x%02x)".formatted(address, u8(data, MAC_SIZE - 1));
  }

  private static String ipv4(byte[] data) {
    ByteBuffer fields = littleEndian(data);
    String local = address(fields.getInt());
    String remote = address(fields.getInt());
    fields.getInt(); // both ports
    String protocol =
        switch (fields.getShort()) {
          case 6 -> "TCP";
          case 17 -> "UDP";
          default -> "";
        };
    String assigned =
        switch (fields.get()) {
          case 0 -> "DHCP";
          case 1 -> "Static";
          default -> "";
        };
    int gateway = fields.getInt();
    int mask = fields.getInt();
    String route =
        gateway == 0 && mask == 0
            ? ""
            : "," + Integer.toUnsignedString(gateway) + "," + Integer.toUnsignedString(mask);
    return "IPv4(%s,%s,%s,%s%s)".formatted(remote, protocol, assigned, local, route);
  }

  private static Optional<String> hardDrive(byte[] data) {
    ByteBuffer fields = littleEndian(data);
    int partition = fields.getInt();
    long start = fields.getLong();
    long size = fields.getLong();
    String format;
    String signature;
    switch (data[36]) {
      case 1 -> {
        format = "MBR";
        signature = "0x%08x".formatted(fields.getInt());
      }
      case 2 -> {
        format = "GPT";
        signature = guid(data, 20);
      }
      default -> {
        return Optional.empty();
      }
    }
    String place = partition == 0 ? "" : ",0x%x,0x%x".formatted(start, size);
    return Optional.of(
        "HD(%s,%s,%s%s)".formatted(Integer.toUnsignedString(partition), format, signature, place));
  }

  private static String file(byte[] data) {
    return "File(" + new String(data, 0, data.length - 2, StandardCharsets.UTF_16LE) + ")";
  }

  private static Optional<String> biosBoot(byte[] data) {
    ByteBuffer fields = littleEndian(data);
    int type = Short.toUnsignedInt(fields.getShort());
    int status = Short.toUnsignedInt(fields.getShort());
    String device =
        switch (type) {
          case 0x01 -> "FLOPPY";
          case 0x02 -> "HARD_DRIVE";
          case 0x03 -> "CDROM";
          case 0x04 -> "PCMCIA";
          case 0x05 -> "USB";
          case 0x06 -> "EMBEDDED_NETWORK";
          case 0x80 -> "DEV";
          case 0xff -> "UNKNOWN";
          default -> Integer.toString(type);
        };
    int end = fields.position();
    while (end < data.length && data[end] != 0) {
      end++;
    }
    try {
      String description =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(data, fields.position(), end - fields.position()))
              .toString();
      return Optional.of("BBS(%s,%s,%d)".formatted(device, description, status));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** A number, so that the bytes are the other way round. */
  private static String address(int bits) {
    try {
      byte[] bigEndian = ByteBuffer.allocate(Integer.BYTES).putInt(bits).array();
      return InetAddress.getByAddress(bigEndian).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static String guid(byte[] data, int offset) {
    ByteBuffer fields = littleEndian(data).position(offset);
    int first = fields.getInt();
    short second = fields.getShort();
    short third = fields.getShort();
    String rest = hex(data, offset + 8, offset + GUID_SIZE).toUpperCase(Locale.ROOT);
    return "%08X-%04X-%04X-%s-%s"
        .formatted(first, second, third, rest.substring(0, 4), rest.substring(4));
  }

  private static ByteBuffer littleEndian(byte[] data) {
    return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int u8(byte[] data, int offset) {
    return Byte.toUnsignedInt(data[offset]);
  }

  private static String hex(byte[] data, int from, int to) {
    return HEX.formatHex(Arrays.copyOfRange(data, from, to));
  }
}
