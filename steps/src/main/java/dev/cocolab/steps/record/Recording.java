package dev.cocolab.steps.record;

import java.time.LocalDate;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one scenario saw of its target, sanitised, each thing once in the order of its first
 * appearance. As JSON: {@code format} ({@value #FORMAT}), {@code feature}, {@code scenario}, {@code
 * target}, {@code day} (UTC), {@code versions}, and one list of texts for each {@link Kind}.
 */
public final class Recording {
  /** Value of the member {@code format}. */
  public static final String FORMAT = "cocolab-recording/1";

  private final String feature;
  private final String scenario;
  private final Map<Kind, Set<String>> observed = new EnumMap<>(Kind.class);

  /**
   * An empty recording.
   *
   * @param feature path of the feature file below the folder of the features
   * @param scenario name of the scenario, with the values of its row
   */
  public Recording(String feature, String scenario) {
    this.feature = feature;
    this.scenario = scenario;
  }

  /** Adds what was seen; blank texts are left out. */
  public Recording see(Kind kind, String text) {
    String clean = Sanitiser.of(text).strip();
    if (!clean.isEmpty()) {
      observed.computeIfAbsent(kind, k -> new LinkedHashSet<>()).add(clean);
    }
    return this;
  }

  /**
   * Adds the claims of verified evidence, one a leaf; PCRs keep their digests, which say what
   * booted and nothing of who booted it.
   */
  public Recording seeClaims(String json) {
    leaves("", JsonMapper.shared().readTree(json));
    return this;
  }

  private void leaves(String path, JsonNode node) {
    if (node.isObject()) {
      node.properties().forEach(member -> leaves(join(path, member.getKey()), member.getValue()));
    } else if (node.isArray()) {
      node.forEach(item -> leaves(path + "[]", item));
    } else if (path.toLowerCase(Locale.ROOT).matches(".*\\bpcr\\d{1,2}$")) {
      observed
          .computeIfAbsent(Kind.PCR, k -> new LinkedHashSet<>())
          .add(path + " = " + Sanitiser.keepingDigest(node.asString("")));
    } else {
      see(Kind.CLAIM, path + " = " + node.asString(""));
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Name of the file that holds it: letters, digits and dashes, and {@code .json}. */
  public String fileName() {
    return slug(feature.replaceFirst("\\.feature$", "")) + "--" + slug(scenario) + ".json";
  }

  private static String slug(String text) {
    String dashed = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return dashed.replaceAll("^-|-$", "");
  }

  /** The recording as JSON text with a newline at its end. */
  public String json(String target, LocalDate day, Map<String, String> versions) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", FORMAT).put("feature", feature).put("scenario", scenario);
    root.put("target", target).put("day", day.toString());
    ObjectNode named = root.putObject("versions");
    versions.forEach(named::put);
    for (Kind kind : Kind.values()) {
      ArrayNode list = root.putArray(kind.member());
      observed.getOrDefault(kind, Set.of()).forEach(list::add);
    }
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }
}
