package dev.cocolab.operators;

import dev.cocolab.operators.GoldenLine.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Command lines that are run one after the other, with their goldens. As text: a head of {@code
 * name: value} lines, which says where the goldens come from, and for each line
 *
 * <pre>
 * === id [eventually]
 * differs: reason, where the server differs on purpose
 * $ command line
 * exit 0
 * 1| a line of the standard output
 * 1> a last line that ends without a line feed
 * 2| a line of the standard error
 * </pre>
 *
 * @param topic name of the script
 * @param provenance where the goldens come from
 * @param lines in the order in which they are run
 */
record GoldenScript(String topic, Map<String, String> provenance, List<GoldenLine> lines) {
  private static final String HEAD = "=== ";
  private static final String EVENTUALLY = " eventually";

  static GoldenScript parse(String topic, String text) {
    String[] parts = text.split("(?m)^" + HEAD, -1);
    Map<String, String> provenance = new LinkedHashMap<>();
    parts[0]
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(
            line -> {
              int colon = line.indexOf(": ");
              provenance.put(line.substring(0, colon), line.substring(colon + 2).strip());
            });
    List<GoldenLine> lines = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      lines.add(line(topic, parts[i].split("\n", -1)));
    }
    return new GoldenScript(topic, provenance, List.copyOf(lines));
  }

  private static GoldenLine line(String topic, String[] text) {
    Optional<String> differs = Optional.empty();
    Optional<Integer> exit = Optional.empty();
    StringBuilder command = new StringBuilder();
    StringBuilder stdout = new StringBuilder();
    StringBuilder stderr = new StringBuilder();
    for (String line : List.of(text).subList(1, text.length)) {
      if (line.startsWith("differs: ")) {
        differs = Optional.of(line.substring("differs: ".length()));
      } else if (line.startsWith("$ ")) {
        command.append(line.substring(2)).append('\n');
      } else if (line.startsWith("exit ")) {
        exit = Optional.of(Integer.valueOf(line.substring("exit ".length())));
      } else if (line.startsWith("1")) {
        output(stdout, line);
      } else if (line.startsWith("2")) {
        output(stderr, line);
      } else if (!line.isEmpty()) {
        throw new IllegalArgumentException(topic + ": not a line of a golden: " + line);
      }
    }
    String id = text[0];
    boolean eventually = id.endsWith(EVENTUALLY);
    if (eventually) {
      id = id.substring(0, id.length() - EVENTUALLY.length());
    }
    String name = topic + "/" + id;
    int code = exit.orElseThrow(() -> new IllegalArgumentException(name + " was not recorded"));
    Outcome recorded = new Outcome(code, stdout.toString(), stderr.toString());
    return new GoldenLine(topic, id, eventually, differs, command.toString(), recorded);
  }

  private static void output(StringBuilder out, String line) {
    out.append(line.length() > 3 ? line.substring(3) : "");
    if (line.charAt(1) == '|') {
      out.append('\n');
    }
  }
}
