package dev.cocolab.garbage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes bodies worse: some cannot be read, most can and mean something else. */
final class BodyGarbage {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int DEEP = 100_000;
  private static final List<String> WHOLE =
      List.of(
          "null",
          "[]",
          "{}",
          "7",
          "\"x\"",
          "true",
          "[null]",
          "[[[]]]",
          "{\"\":\"\"}",
          "---\n---\n",
          "{\"metadata\":7}",
          "{\"metadata\":{\"name\":null}}",
          "{\"spec\":[1,2]}",
          "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}",
          "[{\"op\":\"test\",\"path\":\"\"}]",
          "[{\"op\":\"remove\",\"path\":\"/metadata\"}]",
          "[{\"op\":\"move\",\"from\":\"\",\"path\":\"/a\"}]",
          "[{\"op\":\"add\",\"path\":\"/metadata/labels/-\",\"value\":[]}]",
          "{\"$patch\":\"delete\"}",
          "{\"metadata\":{\"$patch\":\"replace\"}}",
          "{\"$setElementOrder/x\":7}",
          "{\"$deleteFromPrimitiveList/x\":{}}",
          "{\"$retainKeys\":1}",
          "a: &a [x]\nb: [*a,*a]\n",
          "a: *b\n",
          "? [x]\n: y\n",
          "!!java.net.URL http://x\n",
          "%YAML 9.9\n---\na: b\n");
  private static final List<String> VALUES =
      List.of(
          "null",
          "[]",
          "{}",
          "-1",
          "0",
          "1.5",
          "1e400",
          "9223372036854775808",
          "true",
          "\"\"",
          "\"x\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "[null]",
          "[[]]",
          "{\"a\":null}",
          "[{\"name\":1}]",
          "\"2020-13-45T99:99:99Z\"",
          "\"../../etc\"",
          "\"A B\"",
          "\"-1\"",
          "\"Infinity\"",
          "[\"a\",\"a\"]",
          "{\"\":{}}",
          "\"%s%n\"",
          "1e-400",
          "-0.0",
          "\"\\uffff\"");

  private final Random random;

  BodyGarbage(Random random) {
    this.random = random;
  }

  /**
   * A body.
   *
   * @param bytes the bytes
   * @param encoding content coding to announce, may be empty
   * @param unreadable whether no parser of JSON accepts it
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Body(byte[] bytes, String encoding, boolean unreadable) {
    static Body readable(String text) {
      return new Body(text.getBytes(StandardCharsets.UTF_8), "", false);
    }

    static Body unreadable(String text) {
      return new Body(text.getBytes(StandardCharsets.UTF_8), "", true);
    }
  }

  Body of(Route route) {
    String valid = route.body();
    int kind = random.nextInt(100);
    if (kind < 15 || (valid.isEmpty() && kind < 50)) {
      return Body.readable(valid);
    }
    if (kind < 65) {
      return changed(valid);
    }
    if (kind < 85) {
      return Body.readable(any(WHOLE));
    }
    return broken(valid.isEmpty() ? "{\"metadata\":{\"name\":\"x\"}}" : valid);
  }

  private Body broken(String valid) {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> {
        return Body.unreadable(
            valid.substring(0, random.nextInt(Math.max(1, valid.length() - 1))) + "{");
      }
      case 3 -> {
        String[] opening = {"[", "{\"a\":", "[{\"a\":["};
        return random.nextInt(4) > 0
            ? Body.unreadable(opening[0].repeat(500))
            : Body.unreadable(opening[random.nextInt(3)].repeat(DEEP));
      }
      case 4 -> {
        return random.nextInt(4) > 0
            ? Body.readable("{\"a\":" + "9".repeat(500) + "}")
            : Body.readable("{\"a\":" + "9".repeat(50_000) + "e" + "9".repeat(50_000) + "}");
      }
      case 5 -> {
        byte[] bytes = valid.getBytes(StandardCharsets.UTF_8);
        bytes[random.nextInt(bytes.length)] = (byte) 0xff;
        return new Body(bytes, "", false);
      }
      case 6 -> {
        return Body.readable(
            valid.endsWith("}")
                ? valid.substring(0, valid.length() - 1) + ",\"kind\":1,\"kind\":2}"
                : valid);
      }
      case 7 -> {
        return new Body(gzip(valid), "gzip", true);
      }
      case 8 -> {
        return new Body(valid.getBytes(StandardCharsets.UTF_8), "gzip", false);
      }
      case 9 -> {
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        bytes[0] = (byte) 0xfe;
        return new Body(bytes, "", true);
      }
      case 10 -> {
        byte[] bytes = new byte[4 + random.nextInt(60)];
        random.nextBytes(bytes);
        System.arraycopy(new byte[] {'k', '8', 's', 0}, 0, bytes, 0, 4);
        return new Body(bytes, "", true);
      }
      default -> {
        return Body.readable(valid + "\n---\n" + valid);
      }
    }
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A tree with one to three places that are not as they should be. */
  private Body changed(String valid) {
    JsonNode root;
    try {
      root = MAPPER.readTree(valid);
    } catch (JacksonException notJson) {
      return Body.readable(edited(valid));
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      List<JsonNode> inner = new ArrayList<>();
      collect(root, inner);
      if (!inner.isEmpty()) {
        change(any(inner));
      }
    }
    return Body.readable(MAPPER.writeValueAsString(root));
  }

  private static void collect(JsonNode node, List<JsonNode> into) {
    if (node.isContainer() && !node.isEmpty()) {
      into.add(node);
      node.forEach(child -> collect(child, into));
    }
  }

  private void change(JsonNode node) {
    JsonNode value = MAPPER.readTree(any(VALUES));
    if (node instanceof ObjectNode object) {
      String name = any(List.copyOf(object.propertyNames()));
      switch (random.nextInt(6)) {
        case 0 -> object.remove(name);
        case 1 -> object.set(name + "x", object.get(name));
        case 2 -> object.set("x".repeat(1 + random.nextInt(70)), value);
        default -> object.set(name, value);
      }
    } else if (node instanceof ArrayNode array) {
      switch (random.nextInt(4)) {
        case 0 -> array.add(array.get(0).deepCopy());
        case 1 -> array.add(value);
        case 2 -> array.remove(0);
        default -> array.set(random.nextInt(array.size()), value);
      }
    }
  }

  private String edited(String text) {
    StringBuilder out = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0 && !out.isEmpty(); i--) {
      int at = random.nextInt(out.length());
      switch (random.nextInt(3)) {
        case 0 -> out.deleteCharAt(at);
        case 1 -> out.insert(at, (char) (' ' + random.nextInt(95)));
        default -> out.setCharAt(at, (char) (' ' + random.nextInt(95)));
      }
    }
    return out.toString();
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
