package dev.cocolab.broker;

import dev.cocolab.rego.TraceEvent;
import dev.cocolab.rego.TraceEvent.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Reads from the trace of a policy why a rule did not hold.
 *
 * <p>A body stops at its first failing condition. The conditions after it that compare a claim with
 * a reference value are compared here too, so that a user sees all of them at once.
 */
final class PolicyFindings {
  private static final Pattern RULE_USE =
      Pattern.compile("(not\\s+)?([A-Za-z_][A-Za-z0-9_]*)(\\(.*\\))?");
  private static final String PACKAGE = "data.policy.";
  private static final int MAX_DEPTH = 8;

  private final PolicyRun run;
  private final JsonNode input;
  private final String inputName;
  private final Map<String, JsonNode> references;
  private final Map<String, Finding> findings = new LinkedHashMap<>();

  private PolicyFindings(
      PolicyRun run, JsonNode input, String inputName, Map<String, JsonNode> references) {
    this.run = run;
    this.input = input;
    this.inputName = inputName;
    this.references = references;
  }

  /** Why the rule {@code rule} of the policy has not the value that one would like. */
  static List<Finding> of(
      PolicyRun run,
      String rule,
      JsonNode input,
      String inputName,
      Map<String, JsonNode> references) {
    PolicyFindings out = new PolicyFindings(run, input, inputName, references);
    out.collect(rule, Outcome.FALSE, 0);
    return List.copyOf(out.findings.values());
  }

  /** Why a policy could not be evaluated; empty when it was. */
  static Optional<Finding> ofError(PolicyRun run) {
    return run.error()
        .map(
            text -> {
              Matcher place = Pattern.compile(Pattern.quote(run.file()) + ":(\\d+):").matcher(text);
              int line = place.find() ? Integer.parseInt(place.group(1)) : 0;
              return new Finding(
                  "policy",
                  text,
                  List.of(),
                  Optional.empty(),
                  run.file(),
                  line,
                  "",
                  Remedies.ofPolicyError(run.file()));
            });
  }

  /** With {@code wanted} TRUE, looks for what made a rule hold that should not. */
  private void collect(String rule, Outcome wanted, int depth) {
    if (depth > MAX_DEPTH) {
      return;
    }
    List<TraceEvent> failing = new ArrayList<>();
    for (TraceEvent event : run.trace()) {
      boolean holds = event.outcome() == Outcome.TRUE;
      boolean binds = event.text().startsWith("some ") || event.text().contains(":=");
      if (event.rule().equals(PACKAGE + rule)
          && holds == (wanted == Outcome.TRUE)
          && !(holds && binds)) {
        failing.add(event);
      }
    }
    List<TraceEvent> telling = failing.stream().filter(this::isTelling).toList();
    for (TraceEvent event : telling.isEmpty() ? failing : telling) {
      if (!descend(event, wanted, depth)) {
        add(event, rule, wanted);
      }
    }
  }

  /** Bodies for other TEEs fail at their first line, which asks whether that TEE is there. */
  private boolean isTelling(TraceEvent event) {
    Optional<ClaimPath> bare = ClaimPath.parse(event.text());
    if (bare.isPresent()) {
      return false;
    }
    Optional<ClaimPath> left =
        Comparison.parse(event.text()).flatMap(comparison -> ClaimPath.parse(comparison.left()));
    return left.isEmpty() || inputName.isEmpty() || left.get().isOf(inputName);
  }

  private boolean descend(TraceEvent event, Outcome wanted, int depth) {
    Matcher use = RULE_USE.matcher(event.text());
    if (!use.matches()) {
      return false;
    }
    String rule = use.group(2);
    boolean known = run.trace().stream().anyMatch(e -> e.rule().equals(PACKAGE + rule));
    if (known) {
      int before = findings.size();
      Outcome other = wanted == Outcome.TRUE ? Outcome.FALSE : Outcome.TRUE;
      collect(rule, use.group(1) == null ? wanted : other, depth + 1);
      return findings.size() > before;
    }
    return false;
  }

  private void add(TraceEvent event, String rule, Outcome wanted) {
    Optional<Comparison> comparison = Comparison.parse(event.text());
    Optional<String> reference = comparison.flatMap(Comparison::referenceValue);
    if (reference.isPresent()) {
      addReference(comparison.get(), event.line(), rule, Optional.of(event));
      addFollowing(event.line(), rule);
      return;
    }
    String left = comparison.map(Comparison::left).orElse(event.text());
    List<String> expected = new ArrayList<>();
    if (wanted == Outcome.TRUE) {
      expected.add("not " + event.text());
    } else {
      comparison.ifPresent(c -> expected.add(c.operator() + " " + right(c, event)));
    }
    put(
        new Finding(
            ClaimPath.parse(left)
                .map(path -> path.claim(inputName))
                .or(() -> bound(left, event))
                .orElse(left),
            found(left, Optional.of(event)),
            expected,
            Optional.empty(),
            run.file(),
            event.line(),
            rule,
            Remedies.ofCondition(run.file(), event.line())));
  }

  /** What a local variable was bound to before, with the names that were iterated filled in. */
  private Optional<String> bound(String variable, TraceEvent event) {
    int end = run.trace().indexOf(event);
    for (int i = end - 1; i >= 0; i--) {
      TraceEvent earlier = run.trace().get(i);
      String prefix = variable + " := ";
      if (earlier.outcome() == Outcome.TRUE && earlier.text().startsWith(prefix)) {
        String text = earlier.text().substring(prefix.length());
        for (TraceEvent.Operand operand : earlier.operands()) {
          Optional<String> name =
              operand.value().filter(JsonNode::isString).map(JsonNode::asString);
          if (name.isPresent()) {
            text = text.replace("[" + operand.text() + "]", "." + name.get());
          }
        }
        return Optional.of(text);
      }
    }
    return Optional.empty();
  }

  private static String right(Comparison comparison, TraceEvent event) {
    return operand(event, comparison.right()).map(PolicyFindings::plain).orElse(comparison.right());
  }

  private void addReference(
      Comparison comparison, int line, String rule, Optional<TraceEvent> event) {
    String name = comparison.referenceValue().orElseThrow();
    Optional<JsonNode> registered = Optional.ofNullable(references.get(name));
    String claim =
        ClaimPath.parse(comparison.left())
            .map(path -> path.claim(inputName))
            .orElse(comparison.left());
    put(
        new Finding(
            claim,
            found(comparison.left(), event),
            registered.map(PolicyFindings::values).orElse(List.of()),
            Optional.of(name),
            run.file(),
            line,
            rule,
            Remedies.ofMismatch(claim, name, registered.isPresent())));
  }

  /** The conditions of the same body that were not reached. */
  private void addFollowing(int line, String rule) {
    List<String> lines = run.source().lines().toList();
    for (int i = line; i < lines.size() && !lines.get(i).strip().startsWith("}"); i++) {
      Optional<Comparison> comparison = Comparison.parse(lines.get(i));
      if (comparison.flatMap(Comparison::referenceValue).isPresent()
          && comparison.get().operator().equals("in")
          && !isListed(comparison.get())) {
        addReference(comparison.get(), i + 1, rule, Optional.empty());
      }
    }
  }

  private boolean isListed(Comparison comparison) {
    Optional<JsonNode> found = ClaimPath.parse(comparison.left()).flatMap(path -> path.in(input));
    JsonNode listed = references.get(comparison.referenceValue().orElseThrow());
    if (found.isEmpty() || listed == null) {
      return false;
    }
    for (JsonNode value : listed) {
      if (value.equals(found.get())) {
        return true;
      }
    }
    return false;
  }

  private String found(String text, Optional<TraceEvent> event) {
    return event
        .flatMap(e -> operand(e, text))
        .or(() -> ClaimPath.parse(text).flatMap(path -> path.in(input)))
        .map(PolicyFindings::plain)
        .orElse(Finding.ABSENT);
  }

  private static Optional<JsonNode> operand(TraceEvent event, String text) {
    return event.operands().stream()
        .filter(operand -> operand.text().equals(text))
        .findFirst()
        .flatMap(TraceEvent.Operand::value);
  }

  private static List<String> values(JsonNode registered) {
    if (!registered.isArray()) {
      return List.of(plain(registered));
    }
    List<String> out = new ArrayList<>();
    registered.forEach(value -> out.add(plain(value)));
    return out;
  }

  private static String plain(JsonNode value) {
    return value.isString() ? value.asString() : value.toString();
  }

  private void put(Finding finding) {
    findings.putIfAbsent(finding.line() + " " + finding.claim() + " " + finding.found(), finding);
  }
}
