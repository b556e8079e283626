package dev.cocolab.reports;

import dev.cocolab.reports.Scenario.Attachment;
import dev.cocolab.reports.Scenario.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
 * Reads what Allure writes: {@code *-result.json} (a scenario each), {@code *-container.json} (what
 * ran before and after scenarios) and the files they name. What cannot be read becomes a problem of
 * the report, never an exception.
 */
final class ResultsReader {

  private static final long LARGEST_FILE = 20L << 20;
  private static final int DEEPEST_STEP = 50;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path directory;
  private final List<String> problems = new ArrayList<>();
  private final Set<String> hosts = new LinkedHashSet<>();
  private final Map<String, List<Step>> before = new HashMap<>();
  private final Map<String, List<Step>> after = new HashMap<>();

  private ResultsReader(Path directory) {
    this.directory = directory;
  }

  static Results read(Path directory) {
    return new ResultsReader(directory).results();
  }

  private Results results() {
    List<Path> files = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      problems.add(
          "There is no folder with results; the run may have ended before its first scenario.");
    } else {
      try (Stream<Path> list = Files.list(directory)) {
        list.filter(Files::isRegularFile).sorted().forEach(files::add);
      } catch (IOException e) {
        problems.add("The folder with results could not be read.");
      }
    }
    files.stream()
        .filter(f -> named(f, "-container.json"))
        .forEach(f -> parse(f).ifPresent(this::container));
    Map<String, List<Scenario>> attempts = new TreeMap<>();
    for (Path file : files) {
      if (named(file, "-result.json")) {
        parse(file)
            .ifPresent(
                node -> {
                  String identity = text(node, "historyId").orElse(file.getFileName().toString());
                  attempts.computeIfAbsent(identity, k -> new ArrayList<>()).add(scenario(node));
                });
      }
    }
    List<Scenario> scenarios =
        attempts.values().stream()
            .map(ResultsReader::last)
            .sorted(
                Comparator.comparing(Scenario::location, new NaturalOrder())
                    .thenComparing(Scenario::feature)
                    .thenComparing(Scenario::name)
                    .thenComparingLong(Scenario::startMillis))
            .toList();
    return new Results(scenarios, problems, List.copyOf(hosts));
  }

  private static boolean named(Path file, String suffix) {
    return file.getFileName().toString().endsWith(suffix);
  }

  private Optional<JsonNode> parse(Path file) {
    String name = file.getFileName().toString();
    try {
      if (Files.size(file) > LARGEST_FILE) {
        problems.add(name + " is larger than 20 MiB and was left out.");
        return Optional.empty();
      }
      JsonNode node = JSON.readTree(Files.readAllBytes(file));
      if (node == null || !node.isObject()) {
        problems.add(name + " does not hold a result.");
        return Optional.empty();
      }
      return Optional.of(node);
    } catch (JacksonException e) {
      problems.add(name + " is cut off or not JSON; its scenario is missing here.");
    } catch (IOException e) {
      problems.add(name + " could not be read; its scenario is missing here.");
    }
    return Optional.empty();
  }

  private void container(JsonNode node) {
    List<Step> befores = hooks(node.path("befores"), "Set-up");
    List<Step> afters = hooks(node.path("afters"), "Clean-up");
    for (JsonNode child : node.path("children")) {
      before.computeIfAbsent(child.asString(""), k -> new ArrayList<>()).addAll(befores);
      after.computeIfAbsent(child.asString(""), k -> new ArrayList<>()).addAll(afters);
    }
  }

  private static Scenario last(List<Scenario> attempts) {
    Scenario last =
        attempts.stream().max(Comparator.comparingLong(Scenario::startMillis)).orElseThrow();
    return new Scenario(
        last.name(),
        last.feature(),
        last.location(),
        last.description(),
        last.parameters(),
        last.outcome(),
        last.reason(),
        last.trace(),
        last.startMillis(),
        last.stopMillis(),
        last.tags(),
        last.steps(),
        last.attachments(),
        attempts.size());
  }

  private Scenario scenario(JsonNode node) {
    labels(node, "host").forEach(hosts::add);
    String uuid = text(node, "uuid").orElse("");
    List<Step> steps = new ArrayList<>(before.getOrDefault(uuid, List.of()));
    steps.addAll(steps(node.path("steps"), "", 0));
    steps.addAll(after.getOrDefault(uuid, List.of()));
    Outcome outcome = Outcome.of(text(node, "status").orElse(""));
    JsonNode details = node.path("statusDetails");
    Optional<String> message =
        outcome == Outcome.PASSED ? Optional.empty() : text(details, "message");
    if (outcome == Outcome.UNKNOWN && message.isEmpty()) {
      message = Optional.of("the scenario did not come to an end");
    }
    return new Scenario(
        text(node, "name").orElse("Scenario without a name"),
        labels(node, "feature").stream().findFirst().orElse("Other scenarios"),
        text(node, "fullName").map(ReadableNames::location).orElse(""),
        text(node, "description").orElse("").strip(),
        parameters(node),
        outcome,
        message.map(PlainReason::of).or(() -> unexplained(outcome)),
        text(details, "trace").filter(t -> outcome.isBad()),
        node.path("start").asLong(0),
        node.path("stop").asLong(0),
        labels(node, "tag").stream().distinct().sorted().toList(),
        steps,
        attachments(node),
        1);
  }

  private static Optional<String> unexplained(Outcome outcome) {
    return outcome == Outcome.PASSED ? Optional.empty() : Optional.of("no reason was given");
  }

  /** Hooks that passed and left nothing to see are left out. */
  private List<Step> hooks(JsonNode nodes, String part) {
    return steps(nodes, part, 0).stream()
        .filter(
            s ->
                s.outcome() != Outcome.PASSED || !s.attachments().isEmpty() || !s.steps().isEmpty())
        .toList();
  }

  private List<Step> steps(JsonNode nodes, String part, int depth) {
    List<Step> result = new ArrayList<>();
    if (depth > DEEPEST_STEP) {
      return result;
    }
    for (JsonNode node : nodes) {
      Outcome outcome = Outcome.of(text(node, "status").orElse(""));
      Optional<String> message =
          outcome == Outcome.PASSED
              ? Optional.empty()
              : text(node.path("statusDetails"), "message");
      result.add(
          new Step(
              part,
              text(node, "name")
                  .map(n -> ReadableNames.step(n, part))
                  .orElse("Step without a name"),
              outcome,
              Math.max(0, node.path("stop").asLong(0) - node.path("start").asLong(0)),
              message.map(PlainReason::of),
              steps(node.path("steps"), part, depth + 1),
              attachments(node)));
    }
    return result;
  }

  private static List<Attachment> attachments(JsonNode node) {
    List<Attachment> result = new ArrayList<>();
    for (JsonNode a : node.path("attachments")) {
      String source = text(a, "source").orElse("");
      result.add(
          new Attachment(
              text(a, "name").orElse(source),
              text(a, "type").orElse("application/octet-stream"),
              source));
    }
    return result;
  }

  private static List<String> parameters(JsonNode node) {
    List<String> result = new ArrayList<>();
    for (JsonNode p : node.path("parameters")) {
      text(p, "name").ifPresent(name -> result.add(name + " = " + text(p, "value").orElse("")));
    }
    return result;
  }

  private static List<String> labels(JsonNode node, String name) {
    List<String> result = new ArrayList<>();
    for (JsonNode label : node.path("labels")) {
      if (name.equals(label.path("name").asString(""))) {
        text(label, "value").ifPresent(result::add);
      }
    }
    return result;
  }

  private static Optional<String> text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isString() && !value.asString().isBlank()
        ? Optional.of(value.asString())
        : Optional.empty();
  }
}
