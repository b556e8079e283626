package dev.cocolab.tee.tamper;

import dev.cocolab.evidence.StrictBase64;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.StringNode;

/** How bytes are written into a member of evidence. Decoding gives empty for what is not so. */
enum Encoding {
  HEX {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return parse(node);
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      return StringNode.valueOf(HexFormat.of().formatHex(bytes));
    }
  },
  /** A list of registers of 32 bytes, hex each. */
  HEX_REGISTERS {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return joined(node, Encoding::parse);
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (byte[] register : registers(bytes)) {
        array.add(HexFormat.of().formatHex(register));
      }
      return array;
    }
  },
  BASE64 {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return text(node).flatMap(StrictBase64::decodeStandard);
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      return StringNode.valueOf(Base64.getEncoder().encodeToString(bytes));
    }
  },
  BASE64_URL {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return text(node).flatMap(StrictBase64::decodeUrl);
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      return StringNode.valueOf(Base64.getUrlEncoder().encodeToString(bytes));
    }
  },
  /** A list of numbers. */
  NUMBERS {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return numbers(node);
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      return numbers(bytes);
    }
  },
  /** A list of registers of 32 bytes, each a list of numbers. */
  NUMBER_REGISTERS {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return joined(node, Encoding::numbers);
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (byte[] register : registers(bytes)) {
        array.add(numbers(register));
      }
      return array;
    }
  },
  /** The DER of one certificate as PEM text. */
  PEM {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return text(node).flatMap(PemChain::first);
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      return StringNode.valueOf(PemChain.withFirst(before.asString(), bytes));
    }
  },
  /** The text itself. */
  TEXT {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return text(node).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      return StringNode.valueOf(new String(bytes, StandardCharsets.UTF_8));
    }
  },
  /** A number from 0 to 255. */
  NUMBER {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return node.isIntegralNumber() && node.canConvertToInt() && node.asInt() >>> Byte.SIZE == 0
          ? Optional.of(new byte[] {(byte) node.asInt()})
          : Optional.empty();
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      return IntNode.valueOf(Byte.toUnsignedInt(bytes[0]));
    }
  },
  /** The members of an SNP report. */
  SNP_REPORT {
    @Override
    Optional<byte[]> decode(JsonNode node) {
      return SnpReportMembers.decode(node);
    }

    @Override
    JsonNode encode(byte[] bytes, JsonNode before) {
      return SnpReportMembers.encode(bytes, before);
    }
  };

  private static final int REGISTER_SIZE = 32;

  abstract Optional<byte[]> decode(JsonNode node);

  /** Writes the bytes in the place of what was there. */
  abstract JsonNode encode(byte[] bytes, JsonNode before);

  private static Optional<String> text(JsonNode node) {
    return node.isString() ? Optional.of(node.asString()) : Optional.empty();
  }

  private static Optional<byte[]> parse(JsonNode node) {
    try {
      return text(node).map(HexFormat.of()::parseHex);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static Optional<byte[]> numbers(JsonNode node) {
    if (!node.isArray()) {
      return Optional.empty();
    }
    byte[] bytes = new byte[node.size()];
    for (int i = 0; i < bytes.length; i++) {
      Optional<byte[]> number = NUMBER.decode(node.get(i));
      if (number.isEmpty()) {
        return Optional.empty();
      }
      bytes[i] = number.get()[0];
    }
    return Optional.of(bytes);
  }

  static ArrayNode numbers(byte[] bytes) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (byte octet : bytes) {
      array.add(Byte.toUnsignedInt(octet));
    }
    return array;
  }

  private interface Element {
    Optional<byte[]> decode(JsonNode node);
  }

  private static Optional<byte[]> joined(JsonNode node, Element element) {
    if (!node.isArray()) {
      return Optional.empty();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (JsonNode one : node) {
      Optional<byte[]> register = element.decode(one).filter(b -> b.length == REGISTER_SIZE);
      if (register.isEmpty()) {
        return Optional.empty();
      }
      all.writeBytes(register.get());
    }
    return Optional.of(all.toByteArray());
  }

  private static byte[][] registers(byte[] bytes) {
    byte[][] registers = new byte[bytes.length / REGISTER_SIZE][];
    for (int i = 0; i < registers.length; i++) {
      registers[i] = Arrays.copyOfRange(bytes, i * REGISTER_SIZE, (i + 1) * REGISTER_SIZE);
    }
    return registers;
  }
}
