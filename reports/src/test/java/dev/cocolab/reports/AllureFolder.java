package dev.cocolab.reports;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes results in the form of Allure's Cucumber adapter. */
final class AllureFolder {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long BEGIN = 1_772_359_200_000L;

  private final Path directory;
  private int number;
  private long clock = BEGIN;

  AllureFolder(Path directory) {
    this.directory = directory;
  }

  Path directory() {
    return directory;
  }

  Result scenario(String feature, String name, String status) {
    return new Result(feature, name, status);
  }

  void file(String name, String text) {
    bytes(name, text.getBytes(StandardCharsets.UTF_8));
  }

  void bytes(String name, byte[] content) {
    try {
      Files.createDirectories(directory);
      Files.write(directory.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  final class Result {
    private final ObjectNode node = JSON.createObjectNode();
    private final String uuid = "uuid-" + ++number;

    private Result(String feature, String name, String status) {
      node.put("uuid", uuid);
      node.put("historyId", "history-" + number);
      node.put("name", name);
      node.put("status", status);
      node.put("fullName", "file:///home/alice/cocolab/features/chapter/key.feature:" + number);
      node.put("start", clock);
      label("feature", feature);
      label("host", "builder-7f3a");
      label("thread", "main");
      node.putArray("steps");
      node.putArray("attachments");
    }

    Result label(String name, String value) {
      ArrayNode labels = node.withArray("labels");
      labels.addObject().put("name", name).put("value", value);
      return this;
    }

    Result description(String text) {
      node.put("description", text);
      return this;
    }

    Result history(String id) {
      node.put("historyId", id);
      return this;
    }

    Result message(String message, String trace) {
      node.putObject("statusDetails").put("message", message).put("trace", trace);
      return this;
    }

    Result step(String name, String status, long millis) {
      ObjectNode step = node.withArray("steps").addObject();
      step.put("name", name).put("status", status).put("start", clock).put("stop", clock + millis);
      step.putArray("attachments");
      clock += millis;
      return this;
    }

    /** Attached to the last step, or to the scenario if there is none. */
    Result attach(String name, String type, String fileName, byte[] content) {
      bytes(fileName, content);
      ArrayNode steps = node.withArray("steps");
      ObjectNode owner = steps.isEmpty() ? node : (ObjectNode) steps.get(steps.size() - 1);
      owner
          .withArray("attachments")
          .addObject()
          .put("name", name)
          .put("type", type)
          .put("source", fileName);
      return this;
    }

    Result attach(String name, String type, String fileName, String content) {
      return attach(name, type, fileName, content.getBytes(StandardCharsets.UTF_8));
    }

    Result afterHook(String name, String type, String fileName, String content) {
      file(fileName, content);
      ObjectNode container = JSON.createObjectNode();
      container.putArray("children").add(uuid);
      ObjectNode hook = container.putArray("afters").addObject();
      hook.put("name", "dev.cocolab.steps.Hooks.collectLogs(io.cucumber.java.Scenario)")
          .put("status", "passed")
          .put("start", clock)
          .put("stop", clock + 4);
      hook.putArray("attachments")
          .addObject()
          .put("name", name)
          .put("type", type)
          .put("source", fileName);
      file(uuid + "-container.json", container.toString());
      return this;
    }

    void write() {
      node.put("stop", clock);
      file(uuid + "-result.json", node.toString());
    }
  }
}
