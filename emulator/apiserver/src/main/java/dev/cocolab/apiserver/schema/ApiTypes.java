package dev.cocolab.apiserver.schema;

import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import dev.cocolab.apiserver.schema.MessageType.Merge;
import dev.cocolab.apiserver.schema.MessageType.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The structures of the built-in kinds, read from {@code api-types.txt} beside this class. One
 * table serves strict field validation, protobuf, strategic merge and OpenAPI. The lines of a
 * structure are parsed when it is first asked for.
 */
public final class ApiTypes {
  private static final String RESOURCE = "api-types.txt";

  private final Map<String, List<String>> lines;
  private final Map<String, MessageType> parsed = new ConcurrentHashMap<>();

  private ApiTypes(Map<String, List<String>> lines) {
    this.lines = lines;
  }

  /** Reads the table. */
  public static ApiTypes load() {
    Map<String, List<String>> lines = new HashMap<>();
    try (var in = Objects.requireNonNull(ApiTypes.class.getResourceAsStream(RESOURCE), RESOURCE);
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<String> current = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith(" ")) {
          current.add(line.substring(1));
        } else if (!line.startsWith("#")) {
          current = new ArrayList<>();
          lines.put(line, current);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ApiTypes(lines);
  }

  /** The structure, if the table has it. */
  public Optional<MessageType> find(String name) {
    return lines.containsKey(name) ? Optional.of(message(name)) : Optional.empty();
  }

  /** The structure; throws {@link IllegalArgumentException} for a name the table does not have. */
  public MessageType message(String name) {
    MessageType known = parsed.get(name);
    if (known != null) {
      return known;
    }
    MessageType made = parse(name);
    parsed.put(name, made);
    return made;
  }

  private MessageType parse(String name) {
    List<String> body = lines.get(name);
    if (body == null) {
      throw new IllegalArgumentException("no such API type: " + name);
    }
    Map<String, Field> byJsonName = new LinkedHashMap<>();
    Map<Integer, Field> byNumber = new LinkedHashMap<>();
    for (String line : body) {
      String[] parts = line.split(" ", -1);
      boolean embedded = parts[0].equals("*");
      boolean pointer = parts[2].startsWith("?");
      Field field =
          new Field(
              embedded ? "" : parts[0],
              Integer.parseInt(parts[1]),
              type(pointer ? parts[2].substring(1) : parts[2]),
              pointer,
              parts.length > 3 ? merge(parts[3]) : Merge.REPLACE);
      byNumber.put(field.number(), field);
      if (embedded) {
        byJsonName.putAll(message(field.type().element()).byJsonName());
      } else {
        byJsonName.put(field.jsonName(), field);
      }
    }
    return new MessageType(
        name, Collections.unmodifiableMap(byJsonName), Collections.unmodifiableMap(byNumber));
  }

  /** Parses a type expression of the table. */
  public static FieldType type(String expression) {
    if (expression.startsWith("[]")) {
      return new FieldType(Shape.LIST, expression.substring(2));
    }
    if (expression.startsWith("map:")) {
      return new FieldType(Shape.MAP, expression.substring(4));
    }
    if (expression.startsWith("@")) {
      return new FieldType(Shape.MESSAGE, expression.substring(1));
    }
    if (expression.equals("intorstring")) {
      return new FieldType(Shape.INT_OR_STRING, "");
    }
    return new FieldType(Shape.valueOf(expression.toUpperCase(Locale.ROOT)), "");
  }

  private static Merge merge(String rule) {
    int colon = rule.indexOf(':');
    String strategy = colon < 0 ? rule : rule.substring(0, colon);
    return new Merge(
        strategy.contains("merge"),
        colon < 0 ? "" : rule.substring(colon + 1),
        strategy.contains("retainKeys"));
  }
}
