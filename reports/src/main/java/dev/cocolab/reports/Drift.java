package dev.cocolab.reports;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the recordings of real targets and those of a run agree, and where they do not. Texts are
 * compared as sets: how often a guest asks, and in which order lines of two programs come, differs
 * between two runs of one target.
 *
 * @param comparisons one for each real recording
 * @param problems what could not be read, a sentence each
 */
record Drift(List<Comparison> comparisons, List<String> problems) {
  private static final String FORMAT = "cocolab-recording/1";
  private static final long LARGEST_FILE = 4L << 20;
  private static final int MOST_FILES = 5_000;

  /** Member of a recording to what it is called on the page. */
  private static final Map<String, String> KINDS = kinds();

  /** A real Trustee does not tell these, so that none there does not mean that there are none. */
  private static final Set<String> UNTOLD = Set.of("claims", "pcrs");

  Drift {
    comparisons = List.copyOf(comparisons);
    problems = List.copyOf(problems);
  }

  /**
   * A scenario that was recorded on a real target.
   *
   * @param source target, day and versions
   * @param ran whether this run has it, too
   * @param empty whether the real recording holds no text at all, so that nothing can agree
   * @param parts one for each kind of texts that is compared, empty when it has not run
   * @param notRecorded kinds that the real recording does not have
   * @param notCompared kinds of which the real recording has none, as none are told there
   */
  record Comparison(
      String feature,
      String scenario,
      String source,
      boolean ran,
      boolean empty,
      List<Part> parts,
      List<String> notRecorded,
      List<String> notCompared) {
    Comparison {
      parts = List.copyOf(parts);
      notRecorded = List.copyOf(notRecorded);
      notCompared = List.copyOf(notCompared);
    }

    boolean agrees() {
      return ran && !empty && parts.stream().allMatch(Part::agrees);
    }
  }

  /** Texts of one kind: in both, and in one only. */
  record Part(String kind, int same, List<String> onlyReal, List<String> onlyHere) {
    Part {
      onlyReal = List.copyOf(onlyReal);
      onlyHere = List.copyOf(onlyHere);
    }

    boolean agrees() {
      return onlyReal.isEmpty() && onlyHere.isEmpty();
    }
  }

  private record Recording(
      String feature, String scenario, String source, Map<String, Set<String>> texts) {
    String key() {
      return feature + "\n" + scenario;
    }
  }

  private static Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("events", "Events of the pod");
    kinds.put("trusteeLog", "Trustee's log");
    kinds.put("statuses", "Refusals of the API server");
    kinds.put("claims", "Claims");
    kinds.put("pcrs", "PCRs");
    return kinds;
  }

  static Drift of(DriftInput input) {
    List<String> problems = new ArrayList<>();
    List<Recording> real = read(input.real(), problems);
    Map<String, Recording> own = new TreeMap<>();
    if (!real.isEmpty()) {
      read(input.own(), problems).forEach(recording -> own.put(recording.key(), recording));
    }
    List<Comparison> comparisons =
        real.stream().map(one -> compare(one, Optional.ofNullable(own.get(one.key())))).toList();
    return new Drift(comparisons, problems);
  }

  private static Comparison compare(Recording real, Optional<Recording> own) {
    List<Part> parts = new ArrayList<>();
    List<String> notRecorded = new ArrayList<>();
    List<String> notCompared = new ArrayList<>();
    own.ifPresent(
        here ->
            KINDS.forEach(
                (member, kind) -> {
                  Set<String> there = real.texts().getOrDefault(member, Set.of());
                  Set<String> mine = here.texts().getOrDefault(member, Set.of());
                  if (!real.texts().containsKey(member)) {
                    notRecorded.add(kind);
                  } else if (there.isEmpty() && UNTOLD.contains(member)) {
                    notCompared.add(kind);
                  } else {
                    parts.add(
                        new Part(
                            kind,
                            (int) there.stream().filter(mine::contains).count(),
                            there.stream().filter(text -> !mine.contains(text)).toList(),
                            mine.stream().filter(text -> !there.contains(text)).toList()));
                  }
                }));
    return new Comparison(
        real.feature(),
        real.scenario(),
        real.source(),
        own.isPresent(),
        real.texts().values().stream().allMatch(Set::isEmpty),
        parts,
        notRecorded,
        notCompared);
  }

  private static List<Recording> read(Path folder, List<String> problems) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder, 2)) {
      files =
          all.filter(file -> file.getFileName().toString().endsWith(".json"))
              .filter(Files::isRegularFile)
              .sorted()
              .limit(MOST_FILES)
              .toList();
    } catch (IOException e) {
      problems.add("The recordings in " + folder.getFileName() + " could not be read.");
      return List.of();
    }
    List<Recording> result = new ArrayList<>();
    files.forEach(file -> parse(file, problems).ifPresent(result::add));
    return result;
  }

  private static Optional<Recording> parse(Path file, List<String> problems) {
    String name = file.getFileName().toString();
    try {
      if (Files.size(file) > LARGEST_FILE) {
        problems.add(name + " is larger than 4 MiB and was left out.");
        return Optional.empty();
      }
      JsonNode node = JsonMapper.shared().readTree(Files.readAllBytes(file));
      if (node == null || !FORMAT.equals(node.path("format").asString(""))) {
        problems.add(name + " is no recording of the format " + FORMAT + ".");
        return Optional.empty();
      }
      Map<String, Set<String>> texts = new LinkedHashMap<>();
      for (String member : KINDS.keySet()) {
        if (node.path(member).isArray()) {
          Set<String> all = new LinkedHashSet<>();
          node.path(member).forEach(text -> all.add(text.asString("")));
          texts.put(member, all);
        }
      }
      return Optional.of(
          new Recording(
              node.path("feature").asString(""),
              node.path("scenario").asString(""),
              source(node),
              texts));
    } catch (JacksonException e) {
      problems.add(name + " is not JSON.");
    } catch (IOException e) {
      problems.add(name + " could not be read.");
    }
    return Optional.empty();
  }

  private static String source(JsonNode node) {
    StringBuilder text =
        new StringBuilder(node.path("target").asString("?"))
            .append(", ")
            .append(node.path("day").asString("?"));
    node.path("versions")
        .properties()
        .forEach(
            version ->
                text.append(", ")
                    .append(version.getKey())
                    .append(' ')
                    .append(version.getValue().asString("?")));
    return text.toString();
  }
}
