package dev.cocolab.reports;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Writes the trend page: one bar and one row a run, newest first in the table. */
final class TrendPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int BARS = 90;
  private static final int BAR_WIDTH = 8;
  private static final int HEIGHT = 120;

  private final List<Night> nights;
  private final Html html = new Html(new Redaction(List.of()));

  TrendPage(List<Night> nights) {
    this.nights = nights;
  }

  String page() {
    html.raw("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw(
        "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
    html.element("title", "CoCoLab: trend");
    html.raw("<style>").raw(PageWriter.resource("report.css")).raw(STYLE).raw("</style>\n");
    html.raw("</head>\n<body>\n<header class=\"verdict " + tone() + "\">\n<div class=\"inner\">");
    html.raw("<p class=\"product\">CoCoLab <span>confidential containers, end to end</span></p>\n");
    html.element("h1", headline());
    html.raw("</div></header>\n<main>\n");
    bars();
    table();
    html.raw("<p>").element("a", "The last run's scenarios", "href", "index.html").raw("</p>\n");
    html.raw("</main>\n</body>\n</html>\n");
    return html.toString();
  }

  private static final String STYLE =
      ".trend td, .trend th { padding: .15rem .8rem; text-align: left; }"
          + " .trend .n { text-align: right; font-variant-numeric: tabular-nums; }"
          + " .bars { max-width: 100%; height: 8rem; }"
          + " .bars .passed { fill: var(--passed); } .bars .failed { fill: var(--failed); }"
          + " .bars .skipped { fill: var(--skipped); } .bars .none { fill: var(--broken); }";

  private String tone() {
    return nights.isEmpty() ? "doubtful" : tone(nights.get(nights.size() - 1));
  }

  private static String tone(Night night) {
    return switch (night.verdict()) {
      case "passed" -> "passed";
      case "product-failed" -> "failed";
      default -> "broken";
    };
  }

  private String headline() {
    if (nights.isEmpty()) {
      return "No run yet.";
    }
    long passed = nights.stream().filter(one -> one.verdict().equals("passed")).count();
    return "%d of %d runs passed; the last: %s"
        .formatted(passed, nights.size(), words(nights.get(nights.size() - 1)));
  }

  private static String words(Night night) {
    return night.verdict().replace('-', ' ');
  }

  /** A run without scenarios is a bar of full height in the colour of "broken", not a gap. */
  private void bars() {
    List<Night> shown = nights.subList(Math.max(0, nights.size() - BARS), nights.size());
    int most =
        shown.stream()
            .flatMap(one -> one.counts().stream())
            .mapToInt(one -> one.passed() + one.failed() + one.skipped())
            .max()
            .orElse(1);
    html.raw(
        "<svg class=\"bars\" role=\"img\" aria-label=\"scenarios a run, oldest left\" viewBox=\"0 0 %d %d\">\n"
            .formatted(Math.max(1, shown.size()) * BAR_WIDTH, HEIGHT));
    int x = 0;
    for (Night night : shown) {
      if (night.counts().isEmpty()) {
        bar("none", x, 0, HEIGHT);
      } else {
        Night.Counts counts = night.counts().get();
        int y = HEIGHT;
        y = part("passed", x, y, counts.passed(), most);
        y = part("failed", x, y, counts.failed(), most);
        part("skipped", x, y, counts.skipped(), most);
      }
      x += BAR_WIDTH;
    }
    html.raw("</svg>\n");
  }

  private int part(String outcome, int x, int bottom, int count, int most) {
    // A single failure among many must still be seen.
    int height = count == 0 ? 0 : Math.max(2, count * HEIGHT / Math.max(1, most));
    bar(outcome, x, bottom - height, height);
    return bottom - height;
  }

  private void bar(String outcome, int x, int y, int height) {
    html.raw(
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n"
            .formatted(outcome, x, y, BAR_WIDTH - 1, height));
  }

  private void table() {
    html.raw("<table class=\"trend\">\n<thead><tr>");
    for (String head :
        List.of("begun (UTC)", "verdict", "passed", "failed", "skipped", "minutes")) {
      html.element("th", head);
    }
    html.raw("</tr></thead>\n<tbody>\n");
    List<Night> newestFirst = new ArrayList<>(nights);
    Collections.reverse(newestFirst);
    for (Night night : newestFirst) {
      html.raw("<tr>").element("td", TIME.format(night.started())).raw("<td>");
      night
          .link()
          .ifPresentOrElse(
              link -> html.element("a", words(night), "href", link), () -> html.text(words(night)));
      html.raw("</td>");
      number(night.counts().map(Night.Counts::passed).map(String::valueOf).orElse("–"));
      number(night.counts().map(Night.Counts::failed).map(String::valueOf).orElse("–"));
      number(night.counts().map(Night.Counts::skipped).map(String::valueOf).orElse("–"));
      number(night.millis().isPresent() ? minutes(night.millis().getAsLong()) : "–");
      html.raw("</tr>\n");
    }
    html.raw("</tbody>\n</table>\n");
  }

  private void number(String text) {
    html.element("td", text, "class", "n");
  }

  private static String minutes(long millis) {
    return String.format(Locale.ROOT, "%.1f", millis / 60_000.0);
  }
}
