package dev.cocolab.apiserver.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.contract.ContractCase.Capture;
import dev.cocolab.apiserver.contract.ContractCase.Fact;
import dev.cocolab.apiserver.contract.ContractCase.Step;
import dev.cocolab.apiserver.json.Trees;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Makes the requests of cases, each case in a namespace of its own, and compares the answers. */
final class CaseRunner {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Pattern VARIABLE = Pattern.compile("\\$([A-Z]+)");
  private static final Pattern FILL = Pattern.compile("\\$FILL\\(([0-9]+)\\)");
  private static final Map<String, String> FORMS =
      Map.of(
          "", "application/json",
          "merge", "application/merge-patch+json",
          "json", "application/json-patch+json",
          "strategic", "application/strategic-merge-patch+json",
          "apply", "application/apply-patch+yaml",
          "yaml", "application/yaml",
          "protobuf", "application/vnd.kubernetes.protobuf");

  private final ServerUnderTest server;
  private int cases;

  CaseRunner(ServerUnderTest server) {
    this.server = server;
  }

  /** An answer that is compared: code, headers, text, and the text as JSON where it is JSON. */
  record Received(int code, Map<String, List<String>> headers, String text, JsonNode json) {}

  /**
   * A comparison.
   *
   * @param step from 1
   * @param holds whether the answer fits the expectation
   * @param actual the answer at that place, in the form of an expectation
   * @param answer the whole answer, for people
   */
  record Outcome(int step, Fact fact, boolean holds, String actual, Received answer) {}

  /** Runs a case and compares every fact; a difference does not end it. */
  List<Outcome> run(ContractCase contract) {
    return new Run(contract).outcomes();
  }

  private final class Run {
    private final ContractCase contract;
    private final Map<String, String> variables = new HashMap<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    Run(ContractCase contract) {
      this.contract = contract;
    }

    List<Outcome> outcomes() {
      String namespace = String.format("c%05d", ++cases);
      variables.put("NS", namespace);
      created("/api/v1/namespaces", namespace);
      // a controller makes it in a cluster; pods need it
      created("/api/v1/namespaces/" + namespace + "/serviceaccounts", "default");
      for (int i = 0; i < contract.steps().size(); i++) {
        Step step = contract.steps().get(i);
        if (step.verb().equals("AWAIT")) {
          Awaitility.await(contract + ": " + step.path())
              .atMost(LIMIT)
              .pollInterval(Duration.ofMillis(50))
              .until(() -> send(step, "GET").code() == 200);
          continue;
        }
        Received answer = step.verb().equals("WS") ? listen(step) : send(step, step.verb());
        for (Capture capture : step.captures()) {
          JsonNode value = Place.find(answer.json(), capture.place());
          variables.put(capture.variable(), value.asString("").isEmpty() ? "-" : value.asString());
        }
        for (Fact fact : step.facts()) {
          String actual = actual(answer, fact.place());
          boolean holds = matches(fact.expected(), actual);
          outcomes.add(new Outcome(i + 1, fact, holds, actual, answer));
        }
      }
      return outcomes.stream().map(this::readable).toList();
    }

    /** As it would stand in a file. */
    private Outcome readable(Outcome outcome) {
      String actual = outcome.actual();
      for (Map.Entry<String, String> variable : variables.entrySet()) {
        if (variable.getValue().length() > 4 && !variable.getValue().matches("[0-9]+")) {
          actual = actual.replace(variable.getValue(), "$" + variable.getKey());
        }
      }
      return new Outcome(outcome.step(), outcome.fact(), outcome.holds(), actual, outcome.answer());
    }

    private void created(String path, String name) {
      Answer answer = server.admin().send("POST", path, "{'metadata':{'name':'" + name + "'}}");
      assertThat(answer.code()).as(answer.body()).isEqualTo(201);
    }

    private boolean matches(String expected, String actual) {
      return fits(filled(expected), actual);
    }

    private String filled(String text) {
      String grown =
          FILL.matcher(text).replaceAll(match -> "x".repeat(Integer.parseInt(match.group(1))));
      return VARIABLE
          .matcher(grown)
          .replaceAll(
              match ->
                  Matcher.quoteReplacement(variables.getOrDefault(match.group(1), match.group())));
    }

    private Received send(Step step, String method) {
      byte[] body = filled(step.body()).getBytes(StandardCharsets.UTF_8);
      if (step.form().equals("protobuf")) {
        body = Base64.getDecoder().decode(body);
      }
      String type = body.length == 0 ? "" : FORMS.get(step.form());
      boolean bare = false;
      List<String> headers = new ArrayList<>();
      for (Map.Entry<String, String> header : step.headers()) {
        if (header.getKey().equals("Content-Type")) {
          type = header.getValue();
        } else if (header.getKey().equals("anonymous")) {
          bare = true;
        } else {
          bare |= header.getKey().equals("Authorization");
          headers.add(header.getKey());
          headers.add(filled(header.getValue()));
        }
      }
      RawClient client = bare ? server.bare() : server.admin();
      Answer answer =
          client.send(method, filled(step.path()), type, body, headers.toArray(String[]::new));
      return received(answer.code(), answer.headers(), answer.body());
    }

    private Received listen(Step step) {
      Collector collector = new Collector();
      String[] headers =
          step.headers().stream()
              .flatMap(header -> Stream.of(header.getKey(), filled(header.getValue())))
              .toArray(String[]::new);
      server.admin().webSocket(filled(step.path()), "", collector, headers);
      return received(101, Map.of(), collector.text());
    }
  }

  private static final class Collector implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<String> whole = new CompletableFuture<>();

    String text() {
      return whole.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data).append(last ? "\n" : "");
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      whole.complete(text.toString());
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      whole.completeExceptionally(error);
    }
  }

  private static Received received(int code, Map<String, List<String>> headers, String text) {
    return new Received(code, headers, text, json(text));
  }

  /** The document; of lines that are documents themselves, as a watch sends them, a list. */
  private static JsonNode json(String text) {
    ArrayNode lines = Trees.array();
    try {
      text.lines().filter(line -> !line.isBlank()).map(Trees.MAPPER::readTree).forEach(lines::add);
    } catch (JacksonException e) {
      return document(text);
    }
    return lines.size() == 1 && !lines.path(0).has("object") ? lines.get(0) : lines;
  }

  private static JsonNode document(String text) {
    try {
      return Trees.MAPPER.readTree(text);
    } catch (JacksonException e) {
      return Trees.array();
    }
  }

  /**
   * Without what no two answers have in common: addresses in a program, and what is quoted of an
   * object.
   */
  private static String masked(String body) {
    return body.replaceAll("0x[0-9a-f]{6,}", "0x0")
        .replaceAll("(uid\\\\*\":\\\\*\")[0-9a-f-]{36}", "$1UID")
        .replaceAll("(resourceVersion\\\\*\":\\\\*\")[0-9]+", "$1RV")
        .replaceAll("(creationTimestamp\\\\*\":\\\\*\")[^\"\\\\]+", "$1TIME");
  }

  private static String actual(Received answer, String place) {
    if (place.equals("->")) {
      return Integer.toString(answer.code());
    }
    if (place.equals("text")) {
      return Trees.strings(List.of(answer.text())).get(0).toString();
    }
    if (place.equals("body")) {
      return masked(answer.json().toString());
    }
    if (place.startsWith("header ")) {
      String name = place.substring("header ".length());
      return answer.headers().entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> Trees.strings(header.getValue()).get(0).toString())
          .findFirst()
          .orElse("absent");
    }
    JsonNode found = Place.find(answer.json(), place);
    return found.isMissingNode() ? "absent" : found.toString();
  }

  /** Whether an answer is as expected; both in the form of a fact. */
  static boolean fits(String expected, String actual) {
    if (expected.equals("absent") || actual.equals("absent")) {
      return expected.equals(actual);
    }
    JsonNode value = Trees.MAPPER.readTree(actual);
    if (expected.startsWith("~ ")) {
      String text = value.isString() ? value.stringValue() : value.toString();
      return Pattern.matches(expected.substring(2), text);
    }
    return Trees.MAPPER.readTree(expected).equals(value);
  }
}
