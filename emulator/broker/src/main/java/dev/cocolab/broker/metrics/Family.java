package dev.cocolab.broker.metrics;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * One metric family of the Prometheus text format, version 0.0.4. Safe for use by several threads.
 */
sealed interface Family {
  String name();

  String help();

  /** The word behind {@code # TYPE}. */
  String type();

  /** The sample lines; none for a family with a label of which no value was seen. */
  List<String> samples();

  /** A finite number without exponent, and without a point where it is whole, as upstream. */
  static String number(double value) {
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return whole ? Long.toString((long) value) : plain(value);
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /** A label's value: backslash, quote and line feed are escaped. */
  static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  /** A counter without labels. */
  record Counter(String name, String help, LongAdder value) implements Family {
    Counter(String name, String help) {
      this(name, help, new LongAdder());
    }

    void increment() {
      value.increment();
    }

    @Override
    public String type() {
      return "counter";
    }

    @Override
    public List<String> samples() {
      return List.of(name + " " + value.sum());
    }
  }

  /** A gauge without labels. */
  record Gauge(String name, String help, LongAdder value) implements Family {
    Gauge(String name, String help) {
      this(name, help, new LongAdder());
    }

    @Override
    public String type() {
      return "gauge";
    }

    @Override
    public List<String> samples() {
      return List.of(name + " " + value.sum());
    }
  }

  /** A gauge that is always 1 and says something with its labels. */
  record Info(String name, String help, Map<String, String> labels) implements Family {
    @Override
    public String type() {
      return "gauge";
    }

    @Override
    public List<String> samples() {
      List<String> pairs = new ArrayList<>();
      labels.forEach((label, value) -> pairs.add(label + "=\"" + escaped(value) + "\""));
      return List.of(name + "{" + String.join(",", pairs) + "} 1");
    }
  }

  /**
   * Counters by the value of one label. Values come from requests, so there is a bound: what
   * exceeds it is counted under {@value #OTHER}.
   */
  record LabelledCounter(
      String name, String help, String label, ConcurrentSkipListMap<String, LongAdder> values)
      implements Family {
    static final int MAX_VALUES = 1000;
    static final String OTHER = "(other)";

    LabelledCounter(String name, String help, String label) {
      this(name, help, label, new ConcurrentSkipListMap<>());
    }

    void increment(String value) {
      LongAdder known = values.get(value);
      if (known == null) {
        String key = values.size() < MAX_VALUES ? value : OTHER;
        known = values.computeIfAbsent(key, unseen -> new LongAdder());
      }
      known.increment();
    }

    @Override
    public String type() {
      return "counter";
    }

    @Override
    public List<String> samples() {
      List<String> out = new ArrayList<>();
      values.forEach(
          (value, count) ->
              out.add(name + "{" + label + "=\"" + escaped(value) + "\"} " + count.sum()));
      return out;
    }
  }

  /** Observations in cumulative buckets. */
  final class Histogram implements Family {
    private final String name;
    private final String help;
    private final double[] bounds;
    private final LongAdder[] buckets;
    private final DoubleAdder sum = new DoubleAdder();

    Histogram(String name, String help, double... bounds) {
      this.name = name;
      this.help = help;
      this.bounds = bounds.clone();
      this.buckets = new LongAdder[bounds.length + 1];
      Arrays.setAll(buckets, i -> new LongAdder());
    }

    void observe(double value) {
      int bucket = 0;
      while (bucket < bounds.length && value > bounds[bucket]) {
        bucket++;
      }
      buckets[bucket].increment();
      sum.add(value);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String help() {
      return help;
    }

    @Override
    public String type() {
      return "histogram";
    }

    @Override
    public List<String> samples() {
      return samples("");
    }

    List<String> samples(String labels) {
      List<String> out = new ArrayList<>();
      String before = labels.isEmpty() ? "" : labels + ",";
      String alone = labels.isEmpty() ? "" : "{" + labels + "}";
      long count = 0;
      for (int i = 0; i < buckets.length; i++) {
        count += buckets[i].sum();
        String bound = i < bounds.length ? number(bounds[i]) : "+Inf";
        out.add(name + "_bucket{" + before + "le=\"" + bound + "\"} " + count);
      }
      out.add(name + "_sum" + alone + " " + number(sum.sum()));
      out.add(name + "_count" + alone + " " + count);
      return out;
    }
  }

  /** Histograms by the value of one label, of which the configuration gives a few. */
  final class LabelledHistogram implements Family {
    private final String name;
    private final String help;
    private final String label;
    private final double[] bounds;
    private final Map<String, Histogram> values = new ConcurrentHashMap<>();

    LabelledHistogram(String name, String help, String label, double... bounds) {
      this.name = name;
      this.help = help;
      this.label = label;
      this.bounds = bounds.clone();
    }

    void observe(String value, double observed) {
      values.computeIfAbsent(value, unseen -> new Histogram(name, help, bounds)).observe(observed);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String help() {
      return help;
    }

    @Override
    public String type() {
      return "histogram";
    }

    @Override
    public List<String> samples() {
      List<String> out = new ArrayList<>();
      values.keySet().stream()
          .sorted()
          .forEach(
              value ->
                  out.addAll(values.get(value).samples(label + "=\"" + escaped(value) + "\"")));
      return out;
    }
  }
}
