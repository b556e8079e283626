package dev.cocolab.broker.config;

import dev.cocolab.broker.lint.Distance;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** The keys that a configuration file may have. */
final class KnownKeys {
  private static final String ALL = ".*";
  private static final int MOST_LETTERS = 3;

  private final Set<String> keys = new TreeSet<>();
  private final List<String> open = new ArrayList<>();

  private KnownKeys() {}

  /** Those that Trustee knows. */
  static KnownKeys ofTrustee() {
    KnownKeys known = new KnownKeys();
    try (InputStream in = KnownKeys.class.getResourceAsStream("known-keys.txt")) {
      new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(known::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return known;
  }

  private void add(String line) {
    int brace = line.indexOf('{');
    if (brace >= 0) {
      for (String one : line.substring(brace + 1, line.indexOf('}')).split(",", -1)) {
        add(line.substring(0, brace) + one);
      }
    } else if (line.endsWith(ALL)) {
      String table = line.substring(0, line.length() - ALL.length());
      open.add(table);
      keys.add(table);
    } else {
      keys.add(line);
    }
  }

  /** The keys of a file that are not known, in the file's order. */
  List<UnknownKey> unknown(JsonNode file) {
    List<UnknownKey> out = new ArrayList<>();
    collect(file, "", out);
    return out;
  }

  private void collect(JsonNode table, String prefix, List<UnknownKey> out) {
    table
        .properties()
        .forEach(
            member -> {
              String key = prefix + member.getKey();
              if (open.contains(key) || keys.contains(key)) {
                return;
              }
              boolean isTable = keys.stream().anyMatch(known -> known.startsWith(key + "."));
              if (isTable && member.getValue().isObject()) {
                collect(member.getValue(), key + ".", out);
              } else {
                out.add(new UnknownKey(key, nearest(key)));
              }
            });
  }

  /** One of the same table before others: there a part of the name is enough. */
  private Optional<String> nearest(String key) {
    Set<String> candidates = new TreeSet<>(keys);
    keys.forEach(
        known -> {
          for (int dot = known.indexOf('.'); dot > 0; dot = known.indexOf('.', dot + 1)) {
            candidates.add(known.substring(0, dot));
          }
        });
    String table = key.substring(0, key.lastIndexOf('.') + 1);
    String name = key.substring(table.length());
    Optional<String> sibling =
        candidates.stream()
            .filter(known -> known.startsWith(table) && known.indexOf('.', table.length()) < 0)
            .filter(known -> isLike(known.substring(table.length()), name))
            .min(Comparator.comparingInt(known -> Distance.between(known, key)));
    return sibling.or(
        () ->
            candidates.stream()
                .filter(known -> Distance.between(known, key) <= MOST_LETTERS - 1)
                .min(Comparator.comparingInt(known -> Distance.between(known, key))));
  }

  private static boolean isLike(String known, String name) {
    return Distance.between(known, name) <= MOST_LETTERS
        || (name.length() > MOST_LETTERS && (known.contains(name) || name.contains(known)));
  }
}
