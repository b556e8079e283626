package dev.cocolab.reports;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A drawing in a page. Colours and widths come from the page's style by class; what a colour says,
 * a shape, a dash pattern or a word says too.
 */
final class Svg {
  private static final double MARK = 4.5;

  /** Shapes of marks, so that series are told apart without colour. */
  enum Mark {
    DISC,
    SQUARE,
    DIAMOND,
    TRIANGLE,
    CROSS;

    static Mark of(int number) {
      return values()[number % values().length];
    }
  }

  /** A place in the drawing. */
  record Point(double x, double y) {}

  private final Html html;

  Svg(Html html) {
    this.html = html;
  }

  /** Begins a drawing whose label says what it shows to who cannot see it. */
  void begin(int width, int height, String label) {
    html.open(
        "svg",
        "class",
        "figure",
        "role",
        "img",
        "aria-label",
        label,
        "viewBox",
        "0 0 %d %d".formatted(width, height));
    html.raw("\n");
  }

  void end() {
    html.close("svg");
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    html.raw(
        "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
            .formatted(style, n(x1), n(y1), n(x2), n(y2)));
  }

  void path(String style, List<Point> points) {
    if (points.size() > 1) {
      html.raw(
          "<polyline class=\"%s\" points=\"%s\"/>\n"
              .formatted(
                  style,
                  points.stream()
                      .map(point -> n(point.x()) + "," + n(point.y()))
                      .collect(Collectors.joining(" "))));
    }
  }

  void rect(String style, double x, double y, double width, double height) {
    html.raw(
        "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n"
            .formatted(style, n(x), n(y), n(Math.max(0, width)), n(Math.max(0, height))));
  }

  /** Text; the style may hold {@code middle} or {@code end}. */
  void text(String style, double x, double y, String text) {
    html.element("text", text, "class", style, "x", n(x), "y", n(y));
  }

  void mark(String style, Mark mark, Point at) {
    double x = at.x();
    double y = at.y();
    switch (mark) {
      case DISC ->
          html.raw(
              "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n"
                  .formatted(style, n(x), n(y), n(MARK)));
      case SQUARE -> rect(style, x - MARK + .5, y - MARK + .5, 2 * MARK - 1, 2 * MARK - 1);
      case DIAMOND ->
          polygon(style, x, y - MARK - 1, x + MARK + 1, y, x, y + MARK + 1, x - MARK - 1, y);
      case TRIANGLE ->
          polygon(style, x, y - MARK, x + MARK + .5, y + MARK, x - MARK - .5, y + MARK);
      case CROSS -> {
        line(style + " stroke", x - MARK, y - MARK, x + MARK, y + MARK);
        line(style + " stroke", x - MARK, y + MARK, x + MARK, y - MARK);
      }
    }
  }

  private void polygon(String style, double... coordinates) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < coordinates.length; i += 2) {
      points.append(n(coordinates[i])).append(',').append(n(coordinates[i + 1])).append(' ');
    }
    html.raw("<polygon class=\"%s\" points=\"%s\"/>\n".formatted(style, points.toString().strip()));
  }

  private static String n(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
