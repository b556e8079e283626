package dev.cocolab.reports;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes the page: the verdict, what did not pass and why, then every scenario by feature. */
final class PageWriter {

  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.UK).withZone(ZoneOffset.UTC);
  private static final List<Outcome> COUNTED =
      List.of(Outcome.PASSED, Outcome.FAILED, Outcome.BROKEN, Outcome.SKIPPED, Outcome.UNKNOWN);

  private final Results results;
  private final RunFacts facts;
  private final Html html;
  private final AttachmentWriter attachments;
  private final ScenarioWriter scenarios;
  private final IdentityHashMap<Scenario, String> ids = new IdentityHashMap<>();

  PageWriter(Results results, RunFacts facts, AttachmentFiles files) {
    this.results = results;
    this.facts = facts;
    this.html = new Html(new Redaction(results.hosts()));
    this.attachments = new AttachmentWriter(files, html);
    this.scenarios = new ScenarioWriter(html, attachments);
    for (Scenario scenario : results.scenarios()) {
      ids.put(scenario, "s" + (ids.size() + 1));
    }
  }

  /** The page, with links to the pages of drift and of measurements if there are such. */
  String page(Optional<String> drift, Optional<String> performance) {
    head();
    html.open("body", "data-state", results.state());
    html.raw("<header class=\"verdict " + tone() + "\">\n");
    verdict();
    html.close("header");
    html.raw("<main>\n");
    performance.ifPresent(
        page ->
            html.raw("<section><p>")
                .element("a", "Attestation in numbers: rate, latency, phases", "href", page)
                .raw("</p></section>\n"));
    problems();
    urgent();
    filters();
    features();
    html.raw("</main>\n");
    html.raw(
        "<footer><p>Failed: what the scenario claims does not hold. Broken: it could not be checked, because ");
    html.raw(
        "something went wrong on the way. Skipped: left out, for the reason given.</p></footer>\n");
    drift.ifPresent(page -> more("What real clusters answered, beside this run", page));
    html.raw("<script>").raw(resource("report.js")).raw("</script>\n</body>\n</html>\n");
    return html.toString();
  }

  private void more(String words, String page) {
    html.raw("<footer><p>").element("a", words, "href", page).raw("</p></footer>\n");
  }

  private void head() {
    html.raw("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; ");
    html.raw(
        "style-src 'unsafe-inline'; script-src 'sha256-"
            + sha256(resource("report.js"))
            + "'\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw(
        "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
    html.element("title", "CoCoLab: " + results.verdict());
    html.raw("<style>").raw(resource("report.css")).raw("</style>\n</head>\n");
  }

  private String tone() {
    return switch (results.state()) {
      case "passed" -> "passed";
      case "failed" -> results.count(Outcome.FAILED) > 0 ? "failed" : "broken";
      default -> "doubtful";
    };
  }

  private void verdict() {
    html.raw(
        "<div class=\"inner\"><p class=\"product\">CoCoLab <span>confidential containers, end to end</span></p>\n");
    html.element("h1", results.verdict());
    if (!results.problems().isEmpty() && !results.scenarios().isEmpty()) {
      html.raw("<p class=\"sub\">These results are incomplete; see below.</p>\n");
    }
    bar();
    html.raw("<ul class=\"counts\">");
    for (Outcome outcome : COUNTED) {
      long count = results.count(outcome);
      if (outcome != Outcome.UNKNOWN || count > 0) {
        html.raw(
            "<li class=\""
                + outcome.word()
                + (count == 0 ? " none" : "")
                + "\"><b>"
                + count
                + "</b> ");
        html.raw(outcome.label().toLowerCase(Locale.ROOT) + "</li>");
      }
    }
    html.raw("</ul>\n<dl class=\"run\">");
    fact("Took", Durations.of(results.millis()));
    fact("Started", WHEN.format(facts.started()));
    fact("Target", facts.target());
    fact("Profile", facts.profile());
    facts.seed().ifPresent(seed -> fact("Seed", Long.toString(seed)));
    facts
        .gitCommit()
        .ifPresent(
            commit -> fact("Commit", commit.length() > 12 ? commit.substring(0, 12) : commit));
    facts.versions().forEach(this::fact);
    html.raw("</dl></div>\n");
  }

  private void fact(String name, String value) {
    html.raw("<div>").element("dt", name).element("dd", value).raw("</div>");
  }

  private void bar() {
    if (results.scenarios().isEmpty()) {
      return;
    }
    html.raw("<div class=\"bar\" aria-hidden=\"true\">");
    for (Outcome outcome : COUNTED) {
      long count = results.count(outcome);
      if (count > 0) {
        html.raw("<span class=\"" + outcome.word() + "\" style=\"flex:" + count + "\"></span>");
      }
    }
    html.raw("</div>\n");
  }

  private void problems() {
    if (results.problems().isEmpty()) {
      return;
    }
    html.raw("<section class=\"problems\"><h2>What is missing here</h2>\n<ul>\n");
    results.problems().forEach(p -> html.element("li", p));
    html.raw("</ul></section>\n");
  }

  private void urgent() {
    List<Scenario> bad = results.bad();
    if (bad.isEmpty()) {
      return;
    }
    html.raw("<section class=\"urgent\"><h2>What did not pass, and why</h2>\n<ul>\n");
    for (Scenario scenario : bad) {
      html.open("li", "class", scenario.outcome().word());
      scenarios.mark(scenario.outcome());
      html.element("a", scenario.name(), "href", "#" + ids.get(scenario));
      scenario.reason().ifPresent(r -> html.element("p", ScenarioWriter.shortened(oneLine(r))));
      attachments
          .summaries(scenario.allAttachments())
          .forEach(summary -> html.element("p", summary, "class", "because"));
      html.close("li");
    }
    html.raw("</ul></section>\n");
  }

  private static String oneLine(String text) {
    return text.lines()
        .map(String::strip)
        .filter(l -> !l.isEmpty())
        .collect(Collectors.joining("; "));
  }

  private void filters() {
    if (results.scenarios().isEmpty()) {
      return;
    }
    html.raw("<div class=\"filters\" hidden role=\"group\" aria-label=\"Show\">");
    html.raw("<button type=\"button\" aria-pressed=\"true\" data-show=\"all\">All</button>");
    for (Outcome outcome : Outcome.values()) {
      if (results.count(outcome) > 0) {
        html.raw(
            "<button type=\"button\" aria-pressed=\"false\" data-show=\"" + outcome.word() + "\">");
        html.raw(outcome.label() + " " + results.count(outcome) + "</button>");
      }
    }
    html.raw("<label><span class=\"unseen\">Search</span>");
    html.raw("<input type=\"search\" placeholder=\"Search\" autocomplete=\"off\"></label>");
    html.raw(
        "<button type=\"button\" class=\"unfold\" aria-pressed=\"false\">Show all steps</button></div>\n");
    html.raw("<p class=\"nothing\" hidden>No scenario matches.</p>\n");
  }

  private void features() {
    int number = 0;
    for (Map.Entry<String, List<Scenario>> entry : results.byFeature().entrySet()) {
      number++;
      String id = "f" + number;
      html.open("section", "class", "feature", "aria-labelledby", id);
      html.raw("<div class=\"title\">").element("h2", entry.getKey(), "id", id);
      html.element("p", tally(entry.getValue()), "class", "tally").raw("</div>\n");
      List<String> common = commonLines(entry.getValue());
      if (!common.isEmpty()) {
        html.element("p", String.join("\n", common), "class", "about");
      }
      for (Scenario scenario : entry.getValue()) {
        List<String> own =
            scenario.description().lines().map(String::strip).skip(common.size()).toList();
        scenarios.write(scenario, ids.get(scenario), String.join("\n", own).strip());
      }
      html.close("section");
    }
  }

  /** Allure puts a feature's description in front of each scenario's own; it is said once. */
  private static List<String> commonLines(List<Scenario> scenarios) {
    List<String> common = scenarios.get(0).description().lines().map(String::strip).toList();
    for (Scenario scenario : scenarios) {
      List<String> lines = scenario.description().lines().map(String::strip).toList();
      int same = 0;
      while (same < common.size()
          && same < lines.size()
          && common.get(same).equals(lines.get(same))) {
        same++;
      }
      common = common.subList(0, same);
    }
    return common;
  }

  private static String tally(List<Scenario> scenarios) {
    List<String> parts = new ArrayList<>();
    for (Outcome outcome : Outcome.values()) {
      long count = scenarios.stream().filter(s -> s.outcome() == outcome).count();
      if (count > 0) {
        parts.add(count + " " + outcome.label().toLowerCase(Locale.ROOT));
      }
    }
    return String.join(", ", parts);
  }

  static String resource(String name) {
    try (InputStream in = PageWriter.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
