package dev.cocolab.apiserver.contract;

import dev.cocolab.apiserver.contract.ContractCase.Capture;
import dev.cocolab.apiserver.contract.ContractCase.Fact;
import dev.cocolab.apiserver.contract.ContractCase.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the cases of a file; {@code contract/README.md} describes the form. */
final class ContractFile {
  private static final Pattern REQUEST =
      Pattern.compile("(GET|POST|PUT|PATCH|DELETE|WS|AWAIT)(?::([a-z]+))? (/.*)");
  private static final Pattern FACT =
      Pattern.compile("(->|/(?:[^ \\[]|\\[[^]]*])+|text|body|header [A-Za-z-]+) (.+)");
  private static final Pattern CAPTURE = Pattern.compile("\\$([A-Z]+) = (/.+)");

  private final String name;
  private final List<String> lines;
  private int next;

  private ContractFile(String name, List<String> lines) {
    this.name = name;
    this.lines = lines;
  }

  static List<ContractCase> read(String name) {
    return new ContractFile(name, resource(name).lines().toList()).cases();
  }

  static String resource(String name) {
    try (InputStream in = ContractFile.class.getResourceAsStream("/contract/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no contract/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    skipBlank();
    while (next < lines.size()) {
      String line = lines.get(next++);
      if (!line.startsWith("== ")) {
        throw wrong("a case begins with ==");
      }
      List<Step> steps = new ArrayList<>();
      while (next < lines.size() && REQUEST.matcher(lines.get(next)).matches()) {
        steps.add(step());
      }
      if (steps.isEmpty()) {
        throw wrong("a case without a request");
      }
      cases.add(new ContractCase(name, line.substring(3), steps));
      skipBlank();
    }
    return cases;
  }

  private void skipBlank() {
    while (next < lines.size() && lines.get(next).isBlank()) {
      next++;
    }
  }

  private Step step() {
    Matcher request = REQUEST.matcher(lines.get(next++));
    if (!request.matches()) {
      throw wrong("no request");
    }
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    while (next < lines.size() && lines.get(next).startsWith("+ ")) {
      String[] parts = lines.get(next++).substring(2).split(": ", 2);
      headers.add(Map.entry(parts[0], parts.length > 1 ? parts[1] : ""));
    }
    List<String> body = new ArrayList<>();
    while (next < lines.size() && isBody(lines.get(next))) {
      body.add(lines.get(next++));
    }
    List<Fact> facts = new ArrayList<>();
    List<Capture> captures = new ArrayList<>();
    for (; next < lines.size(); next++) {
      Matcher fact = FACT.matcher(lines.get(next));
      Matcher capture = CAPTURE.matcher(lines.get(next));
      if (fact.matches()) {
        facts.add(new Fact(fact.group(1), fact.group(2)));
      } else if (capture.matches()) {
        captures.add(new Capture(capture.group(1), capture.group(2)));
      } else {
        break;
      }
    }
    boolean waits = request.group(1).equals("AWAIT");
    if (waits != facts.isEmpty()) {
      throw wrong("a request has facts, a wait has none");
    }
    return new Step(
        request.group(1),
        request.group(2) == null ? "" : request.group(2),
        request.group(3),
        headers,
        String.join("\n", body),
        facts,
        captures);
  }

  private static boolean isBody(String line) {
    return !line.isEmpty()
        && !line.startsWith("== ")
        && !FACT.matcher(line).matches()
        && !CAPTURE.matcher(line).matches()
        && !REQUEST.matcher(line).matches();
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("contract/" + name + ":" + next + ": " + what);
  }
}
