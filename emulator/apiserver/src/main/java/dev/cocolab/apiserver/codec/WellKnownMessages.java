package dev.cocolab.apiserver.codec;

import dev.cocolab.apiserver.json.Trees;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages whose JSON is not an object: metav1.Time, Duration, resource.Quantity,
 * intstr.IntOrString.
 */
final class WellKnownMessages {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private WellKnownMessages() {}

  /** Field 1 seconds, field 2 nanoseconds; missing for the zero time, which JSON leaves out. */
  static JsonNode time(ProtobufInput in, boolean micros) {
    long[] numbers = numbers(in);
    ObjectNode nodes = Trees.object();
    if (numbers[1] == 0 && numbers[2] == 0) {
      return nodes.missingNode();
    }
    try {
      Instant instant = Instant.ofEpochSecond(numbers[1], numbers[2]);
      return nodes.stringNode((micros ? MICROS : SECONDS).format(instant));
    } catch (DateTimeException outOfRange) {
      throw new ProtobufInput.Malformed("time out of range");
    }
  }

  /** Field 1 nanoseconds; JSON has Go's text for whole nanoseconds. */
  static JsonNode duration(ProtobufInput in) {
    return Trees.object().stringNode(numbers(in)[1] + "ns");
  }

  /** Field 1 kind (0 number, 1 text), field 2 number, field 3 text. */
  static JsonNode intOrString(ProtobufInput in) {
    long kind = 0;
    long number = 0;
    String text = "";
    while (!in.atEnd()) {
      int tag = in.tag();
      switch (tag >>> 3) {
        case 1 -> kind = in.varint(tag & 7);
        case 2 -> number = in.varint(tag & 7);
        case 3 -> text = in.string(tag & 7);
        default -> in.skip(tag & 7);
      }
    }
    ObjectNode nodes = Trees.object();
    return kind == 0 ? nodes.numberNode((int) number) : nodes.stringNode(text);
  }

  static String firstString(ProtobufInput in) {
    String text = "";
    while (!in.atEnd()) {
      int tag = in.tag();
      if (tag >>> 3 == 1) {
        text = in.string(tag & 7);
      } else {
        in.skip(tag & 7);
      }
    }
    return text;
  }

  private static long[] numbers(ProtobufInput in) {
    long[] numbers = new long[3];
    while (!in.atEnd()) {
      int tag = in.tag();
      int number = tag >>> 3;
      if (number == 1 || number == 2) {
        numbers[number] = in.varint(tag & 7);
      } else {
        in.skip(tag & 7);
      }
    }
    return numbers;
  }
}
