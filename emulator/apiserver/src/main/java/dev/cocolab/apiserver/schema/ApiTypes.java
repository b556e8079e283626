package dev.cocolab.apiserver.schema;

import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import dev.cocolab.apiserver.schema.MessageType.Merge;
import dev.cocolab.apiserver.schema.MessageType.Ownership;
import dev.cocolab.apiserver.schema.MessageType.Presence;
import dev.cocolab.apiserver.schema.MessageType.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The structures of the built-in kinds, read from {@code api-types.txt} beside this class. One
 * table serves strict field validation, protobuf, strategic merge and OpenAPI. The lines of a
 * structure are parsed when it is first asked for.
 */
public final class ApiTypes {
  private static final String RESOURCE = "api-types.txt";

  /** Name, number and type stand first in each line; the other words are optional. */
  private static final int FIXED = 3;

  private final Map<String, List<String>> lines;

  /** Names of the structures that server-side apply owns as one value. */
  private final Set<String> atomic;

  private final Map<String, MessageType> parsed = new ConcurrentHashMap<>();

  private ApiTypes(Map<String, List<String>> lines, Set<String> atomic) {
    this.lines = lines;
    this.atomic = atomic;
  }

  /** Reads the table. */
  public static ApiTypes load() {
    Map<String, List<String>> lines = new HashMap<>();
    Set<String> atomic = new HashSet<>();
    try (var in = Objects.requireNonNull(ApiTypes.class.getResourceAsStream(RESOURCE), RESOURCE);
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<String> current = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith(" ")) {
          current.add(line.substring(1));
        } else if (!line.startsWith("#")) {
          current = new ArrayList<>();
          int space = line.indexOf(' ');
          String name = space < 0 ? line : line.substring(0, space);
          lines.put(name, current);
          if (space > 0) {
            atomic.add(name);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ApiTypes(lines, atomic);
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
              merge(parts),
              presence(parts),
              has(parts, "required"),
              words(parts, "enum:"),
              ownership(parts));
      byNumber.put(field.number(), field);
      if (embedded) {
        byJsonName.putAll(message(field.type().element()).byJsonName());
      } else {
        byJsonName.put(field.jsonName(), field);
      }
    }
    return new MessageType(
        name,
        atomic.contains(name),
        Collections.unmodifiableMap(byJsonName),
        Collections.unmodifiableMap(byNumber));
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

  private static boolean has(String[] parts, String word) {
    return Arrays.asList(parts).subList(FIXED, parts.length).contains(word);
  }

  /** What follows the prefix in one of the words, if one has it. */
  private static Optional<String> after(String[] parts, String prefix) {
    return Arrays.stream(parts)
        .skip(FIXED)
        .filter(part -> part.startsWith(prefix))
        .map(part -> part.substring(prefix.length()))
        .findFirst();
  }

  private static List<String> words(String[] parts, String prefix) {
    return after(parts, prefix).map(list -> Arrays.asList(list.split(",", -1))).orElse(List.of());
  }

  private static Presence presence(String[] parts) {
    if (has(parts, "always")) {
      return Presence.ZERO;
    }
    return has(parts, "null") ? Presence.NULL : Presence.OMITTED;
  }

  private static Ownership ownership(String[] parts) {
    return new Ownership(
        words(parts, "keys:"),
        has(parts, "set"),
        has(parts, "atomic"),
        after(parts, "default:").orElse(""));
  }

  private static Merge merge(String[] parts) {
    String rule = parts.length > FIXED ? parts[FIXED] : "";
    int colon = rule.indexOf(':');
    String strategy = colon < 0 ? rule : rule.substring(0, colon);
    boolean merges = strategy.startsWith("merge");
    return new Merge(
        merges,
        merges && colon >= 0 ? rule.substring(colon + 1) : "",
        strategy.contains("retainKeys"));
  }
}
