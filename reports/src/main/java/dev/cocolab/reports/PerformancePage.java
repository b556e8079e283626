package dev.cocolab.reports;

import dev.cocolab.reports.Performance.Check;
import dev.cocolab.reports.Performance.Load;
import dev.cocolab.reports.Performance.Span;
import dev.cocolab.reports.PerformanceHistory.Entry;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Writes the page of what was measured: the verdict, what was asked for, and the figures. */
final class PerformancePage {
  /** Id of the check of the peak rate against the limit. */
  static final String SHARE = "share";

  /** Id of the check of p99 against p50. */
  static final String RATIO = "latency";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int ROWS = 20;

  private final Optional<Performance> measured;
  private final PerformanceHistory history;
  private final Html html;
  private final PerformanceFigures figures;

  /**
   * A page.
   *
   * @param measured empty when the measurements could not be read
   */
  PerformancePage(Optional<Performance> measured, PerformanceHistory history, Redaction redaction) {
    this.measured = measured;
    this.history = history;
    this.html = new Html(redaction);
    this.figures = new PerformanceFigures(html);
  }

  String page() {
    head();
    html.raw("<header class=\"verdict " + tone() + "\">\n<div class=\"inner\">");
    html.raw("<p class=\"product\">CoCoLab <span>confidential containers, end to end</span></p>\n");
    html.element("h1", headline());
    measured.ifPresent(this::facts);
    html.raw("</div></header>\n<main>\n");
    history.problem().ifPresent(this::problem);
    measured.ifPresentOrElse(
        this::sections,
        () -> problem("The measurements of this run could not be read; run the scenarios again."));
    html.raw("<p>").element("a", "Back to the scenarios", "href", "index.html").raw("</p>\n");
    html.raw("</main>\n</body>\n</html>\n");
    return html.toString();
  }

  private void head() {
    html.raw("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw(
        "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
    html.element("title", "CoCoLab: attestation in numbers");
    html.raw("<style>").raw(PageWriter.resource("report.css"));
    html.raw(PageWriter.resource("performance.css")).raw("</style>\n</head>\n<body>\n");
  }

  private String tone() {
    if (measured.isEmpty() || measured.get().checks().isEmpty()) {
      return "doubtful";
    }
    if (measured.get().missed() > 0) {
      return "failed";
    }
    return measured.get().open() == 0 ? "passed" : "doubtful";
  }

  /** The verdict, and one number against its limit: the first that was missed, or the main one. */
  private String headline() {
    if (measured.isEmpty()) {
      return "There are no measurements to show.";
    }
    Performance run = measured.get();
    if (run.checks().isEmpty()) {
      return "Measured, but nothing was asked for.";
    }
    long missed = run.missed();
    int all = run.checks().size();
    Check shown =
        run.checks().stream()
            .filter(Check::missed)
            .findFirst()
            .or(() -> run.checks().stream().filter(check -> !check.held()).findFirst())
            .or(() -> run.check(SHARE))
            .orElse(run.checks().get(0));
    String verdict =
        missed == 0 && run.open() > 0
            ? "%d of %d could not be judged, the rest holds".formatted(run.open(), all)
            : missed == 0
                ? (all == 1 ? "The one limit holds" : "All %d limits hold".formatted(all))
                : "%d of %d %s missed"
                    .formatted(missed, all, missed == 1 ? "limits is" : "limits are");
    return "%s: %s %s, %s asked for"
        .formatted(verdict, shown.measured(), subject(shown), shown.asked());
  }

  private static String subject(Check check) {
    return switch (check.id()) {
      case SHARE -> "of what the cryptography alone allows";
      case RATIO -> "p50 is p99 at half load";
      default -> "for “" + check.claim() + "”";
    };
  }

  private void facts(Performance run) {
    html.raw("<dl class=\"run\">");
    fact("Target", run.target());
    fact("Measured", TIME.format(run.started()) + " UTC");
    run.sweep().stream()
        .mapToDouble(Load::perSecond)
        .max()
        .ifPresent(peak -> fact("Peak", format("%.0f attestations/s", peak)));
    run.limit()
        .ifPresent(
            limit ->
                fact(
                    "Cryptography alone", format("%.0f/s (%s)", limit.perSecond(), limit.sides())));
    run.provider().ifPresent(name -> fact("Cryptography by", name));
    if (run.processors() > 0) {
      fact("Processors", String.valueOf(run.processors()));
    }
    html.raw("</dl>\n");
  }

  private void fact(String name, String value) {
    html.raw("<div>").element("dt", name).element("dd", value).raw("</div>");
  }

  private void problem(String words) {
    html.raw("<section class=\"problems\">").element("p", words).raw("</section>\n");
  }

  private void sections(Performance run) {
    if (!run.checks().isEmpty()) {
      checks(run);
    }
    html.raw("<div class=\"figures\">\n");
    if (!run.sweep().isEmpty()) {
      throughput(run);
    }
    if (!run.loads().isEmpty()) {
      latency(run);
    }
    run.typical().filter(load -> !load.phases().isEmpty()).ifPresent(this::phases);
    if (!run.podStart().isEmpty()) {
      podStart(run);
    }
    run.limit().filter(limit -> !limit.operations().isEmpty()).ifPresent(this::operations);
    trend(run);
    html.raw("</div>\n");
  }

  private void checks(Performance run) {
    html.raw("<section class=\"card asked-for\">\n").element("h2", "What was asked for");
    table("", "Asked for", "Measured", "Limit");
    for (Check check : run.checks()) {
      Outcome outcome =
          check.held() ? Outcome.PASSED : check.missed() ? Outcome.FAILED : Outcome.SKIPPED;
      html.raw("<tr><td>");
      html.element(
          "span", outcome.mark(), "class", "mark " + outcome.word(), "aria-hidden", "true");
      html.raw(
          "<span class=\"word\">"
              + (check.held() ? "holds" : check.missed() ? "missed" : "open")
              + "</span></td>");
      html.open("th", "scope", "row").text(check.claim());
      if (check.attempts().size() > 1) {
        html.element(
            "small",
            "measured twice, the second decided: first "
                + new Check(
                        check.id(),
                        check.claim(),
                        check.unit(),
                        check.atLeast(),
                        check.bound(),
                        check.attempts().subList(0, 1),
                        false,
                        OptionalDouble.empty())
                    .measured());
      }
      if (check.others().isPresent()) {
        html.element(
            "small",
            format(
                "not judged: other programs kept %.0f %% of the processors busy",
                100 * check.others().getAsDouble()));
      }
      html.close("th").element("td", check.measured(), "class", "n");
      html.element("td", check.asked(), "class", "n").raw("</tr>\n");
    }
    html.raw("</tbody></table></div>\n</section>\n");
  }

  private void throughput(Performance run) {
    begin("Throughput by number of clients");
    figures.throughput(run, bound(run, SHARE));
    table("Load", "Attestations/s", "Of the limit", "Errors");
    for (Load load : run.loads()) {
      row(
          load.name(),
          format("%.1f", load.perSecond()),
          run.limit()
              .map(limit -> format("%.0f %%", 100 * load.perSecond() / limit.perSecond()))
              .orElse("–"),
          "%d of %d".formatted(load.errors(), load.errors() + load.attestations()));
    }
    end();
  }

  private void latency(Performance run) {
    begin("Latency by percentile");
    figures.percentiles(run.loads());
    table("Load", "p50", "p90", "p99");
    for (Load load : run.loads()) {
      row(load.name(), percentile(load, 50), percentile(load, 90), percentile(load, 99));
    }
    end();
  }

  private static String percentile(Load load, double percent) {
    Double value = load.percentiles().get(percent);
    return value == null ? "–" : Performance.millis(value);
  }

  private void phases(Load load) {
    begin("Phases of an attestation, " + load.name());
    figures.phases(
        load.phases(), "Milliseconds of each phase, median and p99, as in the table below", "p99");
    spans(load.phases(), "p99");
    end();
  }

  private void podStart(Performance run) {
    begin("Phases of a confidential pod's start, %d starts".formatted(run.podStarts()));
    figures.phases(
        run.podStart(),
        "Milliseconds of each phase of a pod's start, median and slowest, as in the table below",
        "slowest");
    spans(run.podStart(), "Slowest");
    end();
  }

  private void spans(List<Span> spans, String slow) {
    table("Phase", "Median", slow);
    for (Span span : spans) {
      row(span.name(), Performance.millis(span.median()), Performance.millis(span.slow()));
    }
  }

  private void operations(Performance.Limit limit) {
    begin("Cryptography of one attestation");
    table("Operation", "Side", "Times", "Microseconds each");
    limit.operations().stream()
        .sorted((a, b) -> Double.compare(b.count() * b.micros(), a.count() * a.micros()))
        .forEach(
            one ->
                row(one.name(), one.side(), Scale.text(one.count()), format("%.1f", one.micros())));
    end();
  }

  private void trend(Performance run) {
    List<Entry> entries = history.on(run.target());
    if (entries.isEmpty()) {
      return;
    }
    begin(
        entries.size() == 1
            ? "The first run on this machine"
            : "Over %d runs on this machine".formatted(entries.size()));
    html.element("h3", "Peak rate, as a part of the limit");
    figures.trend(
        entries,
        Entry::share,
        100,
        " %",
        bound(run, SHARE),
        "Part of the limit in each run; numbers below");
    html.element("h3", "p99 in parts of p50, at half load");
    figures.trend(
        entries,
        Entry::ratio,
        1,
        "",
        bound(run, RATIO),
        "p99 in parts of p50 in each run; numbers below");
    html.element(
        "p", "Dashed: what is asked for. A cross: a run in which not all held.", "class", "note");
    table("Run (UTC)", "Verdict", "Of the limit", "p99 / p50", "Peak");
    for (int i = entries.size() - 1; i >= Math.max(0, entries.size() - ROWS); i--) {
      Entry entry = entries.get(i);
      row(
          TIME.format(entry.started()),
          entry.held() ? "held" : "not all held",
          text("%.0f %%", 100, entry.share()),
          text("%.1f", 1, entry.ratio()),
          text("%.0f/s", 1, entry.peak()));
    }
    end();
  }

  private static String text(String pattern, double factor, OptionalDouble value) {
    return value.isPresent() ? format(pattern, factor * value.getAsDouble()) : "–";
  }

  private static OptionalDouble bound(Performance run, String check) {
    return run.check(check).stream().mapToDouble(Check::bound).findFirst();
  }

  private void begin(String heading) {
    html.raw("<section class=\"card\">\n").element("h2", heading);
  }

  private void end() {
    html.raw("</tbody></table></div>\n</section>\n");
  }

  private void table(String... heads) {
    html.raw("<div class=\"scroll\"><table class=\"numbers\">\n<thead><tr>");
    for (String head : heads) {
      html.element("th", head, "scope", "col");
    }
    html.raw("</tr></thead>\n<tbody>\n");
  }

  private void row(String name, String... values) {
    html.raw("<tr>").open("th", "scope", "row").text(name).close("th");
    for (String value : values) {
      html.element("td", value, "class", "n");
    }
    html.raw("</tr>\n");
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
