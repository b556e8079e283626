package dev.cocolab.reports;

import dev.cocolab.reports.Performance.Load;
import dev.cocolab.reports.Performance.Span;
import dev.cocolab.reports.PerformanceHistory.Entry;
import dev.cocolab.reports.Svg.Mark;
import dev.cocolab.reports.Svg.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Draws the figures of the performance page. */
final class PerformanceFigures {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 290;
  private static final int LEFT = 52;
  private static final int RIGHT = WIDTH - 14;
  private static final int TOP = 22;
  private static final int BOTTOM = HEIGHT - 46;
  private static final int ROW = 46;
  private static final int TREND_HEIGHT = 170;
  private static final double WHOLE = 100;
  private static final double[] NAMED_PERCENTILES = {0, 50, 90, 99, 99.9, 99.99};

  private final Html html;
  private final Svg svg;

  PerformanceFigures(Html html) {
    this.html = html;
    this.svg = new Svg(html);
  }

  /** Latency by percentile, one line a load; the last tenth, hundredth, thousandth equally wide. */
  void percentiles(List<Load> loads) {
    List<Load> drawn = loads.stream().filter(load -> visible(load).size() > 1).toList();
    if (drawn.isEmpty()) {
      return;
    }
    double most = 0;
    double least = Double.MAX_VALUE;
    double last = 0;
    for (Load load : drawn) {
      for (var point : visible(load)) {
        most = Math.max(most, point.getValue());
        least = Math.min(least, point.getValue());
        last = Math.max(last, nines(point.getKey()));
      }
    }
    Scale y = Scale.logarithmic(least, most, BOTTOM, TOP);
    Scale x = new Scale(false, 0, Math.max(last, 1), LEFT, RIGHT - 10);
    svg.begin(
        WIDTH,
        HEIGHT,
        "Latency in milliseconds by percentile, one line a load; the numbers stand in the table below");
    frame(y, "ms", "");
    for (double percent : NAMED_PERCENTILES) {
      double at = x.at(nines(percent));
      if (at <= RIGHT && percent > 0) {
        svg.line("grid", at, TOP, at, BOTTOM);
        svg.text("tick middle", at, BOTTOM + 17, "p" + Scale.text(percent));
      }
    }
    svg.text(
        "axis middle", (LEFT + RIGHT) / 2.0, HEIGHT - 8, "percentile, to the right ever rarer");
    for (int i = 0; i < drawn.size(); i++) {
      List<Point> points = new ArrayList<>();
      visible(drawn.get(i))
          .forEach(p -> points.add(new Point(x.at(nines(p.getKey())), y.at(p.getValue()))));
      svg.path("series s" + i % Mark.values().length, points);
      for (Point point : points) {
        svg.mark("dot s" + i % Mark.values().length, Mark.of(i), point);
      }
    }
    svg.end();
    legend(drawn);
  }

  /** Beyond what a hundredth or thousandth of so few can tell there is no line. */
  private static List<java.util.Map.Entry<Double, Double>> visible(Load load) {
    return load.percentiles().entrySet().stream()
        .filter(point -> point.getValue() > 0)
        .filter(point -> load.attestations() * (WHOLE - point.getKey()) >= WHOLE)
        .toList();
  }

  private static double nines(double percent) {
    return -Math.log10(1 - percent / WHOLE);
  }

  private void legend(List<Load> loads) {
    html.raw("<ul class=\"legend\">\n");
    for (int i = 0; i < loads.size(); i++) {
      String style = "s" + i % Mark.values().length;
      html.raw("<li><svg class=\"sample\" aria-hidden=\"true\" viewBox=\"0 0 44 14\">");
      svg.line("series " + style, 2, 7, 42, 7);
      svg.mark("dot " + style, Mark.of(i), new Point(22, 7));
      html.raw("</svg>").text(loads.get(i).name()).raw("</li>\n");
    }
    html.raw("</ul>\n");
  }

  /**
   * Attestations a second by number of clients.
   *
   * @param asked part of the limit that the peak must reach
   */
  void throughput(Performance run, OptionalDouble asked) {
    List<Load> sweep = run.sweep();
    if (sweep.isEmpty()) {
      return;
    }
    double peak = sweep.stream().mapToDouble(Load::perSecond).max().orElse(0);
    double limit = run.limit().map(Performance.Limit::perSecond).orElse(0.0);
    Scale y = Scale.linear(Math.max(peak, limit) * 1.05, BOTTOM, TOP);
    int first = sweep.get(0).clients().getAsInt();
    int last = sweep.get(sweep.size() - 1).clients().getAsInt();
    Function<Integer, Double> x =
        clients ->
            first == last
                ? (LEFT + RIGHT) / 2.0
                : LEFT
                    + 30
                    + (RIGHT - LEFT - 60)
                        * Math.log((double) clients / first)
                        / Math.log((double) last / first);
    svg.begin(
        WIDTH,
        HEIGHT,
        String.format(
            Locale.ROOT,
            "Attestations a second by number of clients; at most %.0f, where the cryptography alone allows %.0f",
            peak,
            limit));
    frame(y, "attestations/s", "");
    List<Point> points = new ArrayList<>();
    for (Load load : sweep) {
      double at = x.apply(load.clients().getAsInt());
      svg.text("tick middle", at, BOTTOM + 17, String.valueOf(load.clients().getAsInt()));
      points.add(new Point(at, y.at(load.perSecond())));
    }
    svg.text("axis middle", (LEFT + RIGHT) / 2.0, HEIGHT - 8, "clients at a time");
    if (limit > 0) {
      bound(
          "limit",
          y.at(limit),
          -5,
          String.format(Locale.ROOT, "cryptography alone: %.0f/s", limit));
      asked.ifPresent(
          part ->
              bound(
                  "asked",
                  y.at(part * limit),
                  // on the side where the line of the rates is not
                  peak >= part * limit ? 16 : -5,
                  String.format(
                      Locale.ROOT,
                      "asked for: %.0f %% of it, %.0f/s",
                      WHOLE * part,
                      part * limit)));
    }
    svg.path("series s0", points);
    for (int i = 0; i < points.size(); i++) {
      svg.mark("dot s0", Mark.DISC, points.get(i));
      svg.text(
          "value middle",
          points.get(i).x(),
          points.get(i).y() - 10,
          String.format(Locale.ROOT, "%.0f", sweep.get(i).perSecond()));
    }
    svg.end();
  }

  private void bound(String style, double y, int below, String words) {
    svg.line(style, LEFT, y, RIGHT, y);
    svg.text("note end", RIGHT, y + below, words);
  }

  private void frame(Scale y, String unit, String suffix) {
    for (double tick : y.ticks()) {
      svg.line("grid", LEFT, y.at(tick), RIGHT, y.at(tick));
      svg.text("tick end", LEFT - 6, y.at(tick) + 4, Scale.text(tick) + suffix);
    }
    svg.text("axis", 4, 13, unit);
  }

  /** Each phase: a bar as long as its median, and a thin line up to its slow one. */
  void phases(List<Span> spans, String label, String slow) {
    double most = spans.stream().mapToDouble(Span::slow).max().orElse(0);
    if (most <= 0) {
      return;
    }
    int height = spans.size() * ROW + 8;
    svg.begin(WIDTH, height, label);
    int y = 0;
    for (Span span : spans) {
      double median = (WIDTH - 12) * span.median() / most;
      double end = (WIDTH - 12) * Math.max(span.slow(), span.median()) / most;
      svg.text("name", 4, y + 17, span.name());
      svg.text(
          "value end",
          WIDTH - 4,
          y + 17,
          "median %s · %s %s"
              .formatted(Performance.millis(span.median()), slow, Performance.millis(span.slow())));
      svg.rect("bar", 4, y + 24, Math.max(median, 1.5), 12);
      svg.line("reach", 4 + median, y + 30, 4 + end, y + 30);
      svg.line("reach", 4 + end, y + 25, 4 + end, y + 35);
      y += ROW;
    }
    svg.end();
  }

  /** One number over the runs, oldest left; a run that missed something is a cross. */
  void trend(
      List<Entry> entries,
      Function<Entry, OptionalDouble> number,
      double factor,
      String suffix,
      OptionalDouble bound,
      String label) {
    List<Entry> shown = entries.stream().filter(entry -> number.apply(entry).isPresent()).toList();
    if (shown.isEmpty()) {
      return;
    }
    double most =
        Math.max(
            bound.orElse(0),
            shown.stream().mapToDouble(entry -> number.apply(entry).getAsDouble()).max().orElse(0));
    int bottom = TREND_HEIGHT - 26;
    Scale y = Scale.linear(most * factor * 1.1, bottom, 14);
    svg.begin(WIDTH, TREND_HEIGHT, label);
    for (double tick : y.ticks()) {
      svg.line("grid", LEFT, y.at(tick), RIGHT, y.at(tick));
      svg.text("tick end", LEFT - 6, y.at(tick) + 4, Scale.text(tick) + suffix);
    }
    bound.ifPresent(
        value -> svg.line("asked", LEFT, y.at(value * factor), RIGHT, y.at(value * factor)));
    List<Point> points = new ArrayList<>();
    double step = shown.size() == 1 ? 0 : (RIGHT - LEFT - 30.0) / (shown.size() - 1);
    for (int i = 0; i < shown.size(); i++) {
      double x = shown.size() == 1 ? RIGHT - 15 : LEFT + 15 + i * step;
      points.add(new Point(x, y.at(number.apply(shown.get(i)).getAsDouble() * factor)));
    }
    svg.path("series s0", points);
    for (int i = 0; i < points.size(); i++) {
      boolean held = shown.get(i).held();
      svg.mark(held ? "dot s0" : "dot missed", held ? Mark.DISC : Mark.CROSS, points.get(i));
    }
    svg.text("tick", LEFT + 6, TREND_HEIGHT - 6, "older");
    svg.text("tick end", RIGHT, TREND_HEIGHT - 6, "this run");
    svg.end();
  }
}
