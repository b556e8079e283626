package dev.cocolab.reports;

import java.util.List;

/** Writes the drift page: what real targets once answered, against what this run's target did. */
final class DriftPage {
  private final Drift drift;
  private final RunFacts facts;
  private final Html html;

  DriftPage(Drift drift, RunFacts facts, Redaction redaction) {
    this.drift = drift;
    this.facts = facts;
    this.html = new Html(redaction);
  }

  String page() {
    html.raw("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw(
        "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
    html.element("title", "CoCoLab: drift");
    html.raw("<style>").raw(PageWriter.resource("report.css")).raw("</style>\n</head>\n<body>\n");
    html.raw("<header class=\"verdict " + tone() + "\">\n<div class=\"inner\">");
    html.raw("<p class=\"product\">CoCoLab <span>confidential containers, end to end</span></p>\n");
    html.element("h1", verdict());
    html.element("p", explanation(), "class", "sub");
    html.raw("</div></header>\n<main>\n");
    problems();
    drift.comparisons().forEach(this::comparison);
    html.raw("<p>").element("a", "Back to the scenarios", "href", "index.html").raw("</p>\n");
    html.raw("</main>\n</body>\n</html>\n");
    return html.toString();
  }

  private String tone() {
    if (drift.comparisons().isEmpty() || !drift.problems().isEmpty()) {
      return "doubtful";
    }
    if (differing() > 0 || missing() > 0) {
      return "broken";
    }
    return empty() > 0 ? "doubtful" : "passed";
  }

  private long differing() {
    return drift.comparisons().stream()
        .filter(one -> one.ran() && !one.empty() && !one.agrees())
        .count();
  }

  private long empty() {
    return drift.comparisons().stream().filter(one -> one.ran() && one.empty()).count();
  }

  private long missing() {
    return drift.comparisons().stream().filter(one -> !one.ran()).count();
  }

  private String verdict() {
    int all = drift.comparisons().size();
    if (all == 0) {
      return "No recording from a real cluster exists yet.";
    }
    String differ =
        differing() == 0
            ? "No drift in the scenarios that ran"
            : "%d of %d recorded scenarios differ".formatted(differing(), all);
    String missed = missing() == 0 ? "" : ", %d did not run here".formatted(missing());
    String empty = empty() == 0 ? "" : ", %d hold nothing".formatted(empty());
    return differ + missed + empty + ".";
  }

  private String explanation() {
    return drift.comparisons().isEmpty()
        ? "So nothing shows here whether the target “%s” answers as a real one does. A run with --record DIR on a real target makes recordings."
            .formatted(facts.target())
        : "What a real target once answered, against the target “%s” of this run. Times, identifiers and addresses are masked; order and repetition do not count."
            .formatted(facts.target());
  }

  private void problems() {
    if (!drift.problems().isEmpty()) {
      html.raw("<section class=\"problems\"><h2>What is missing here</h2>\n<ul>\n");
      drift.problems().forEach(problem -> html.element("li", problem));
      html.raw("</ul></section>\n");
    }
  }

  private void comparison(Drift.Comparison one) {
    html.raw("<section class=\"feature\">\n<div class=\"title\">").element("h2", one.scenario());
    html.element("p", outcome(one));
    html.raw("</div>\n").element("p", one.feature() + ", recorded on " + one.source());
    for (Drift.Part part : one.parts()) {
      html.open("details", part.agrees() ? new String[] {} : new String[] {"open", "open"});
      html.open("summary")
          .text(
              "%s: %d the same, %d only there, %d only here"
                  .formatted(
                      part.kind(), part.same(), part.onlyReal().size(), part.onlyHere().size()))
          .close("summary");
      texts("Only there", part.onlyReal());
      texts("Only here", part.onlyHere());
      html.close("details");
    }
    if (!one.notRecorded().isEmpty()) {
      html.element("p", "Not recorded there: " + String.join(", ", one.notRecorded()) + ".");
    }
    if (!one.notCompared().isEmpty()) {
      html.element(
          "p",
          "Not compared: %s; a real Trustee does not tell them."
              .formatted(String.join(", ", one.notCompared())));
    }
    html.close("section");
  }

  private static String outcome(Drift.Comparison one) {
    if (!one.ran()) {
      return "did not run here";
    }
    if (one.empty()) {
      return "holds nothing";
    }
    return one.agrees() ? "agrees" : "differs";
  }

  private void texts(String heading, List<String> texts) {
    if (!texts.isEmpty()) {
      html.element("h3", heading);
      html.element("pre", String.join("\n", texts), "tabindex", "0");
    }
  }
}
