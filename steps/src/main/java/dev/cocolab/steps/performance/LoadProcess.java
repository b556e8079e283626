package dev.cocolab.steps.performance;

import dev.cocolab.load.LoadPlan;
import dev.cocolab.load.LoadResult;
import dev.cocolab.load.Operation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A running {@link LoadProgram}. */
final class LoadProcess implements AutoCloseable {
  private static final long END_SECONDS = 5;

  private final Process process;
  private final BufferedReader out;
  private final Writer in;
  private boolean warm;

  /**
   * What the cryptography of one attestation costs.
   *
   * @param provider who does it
   */
  record Timed(List<Operation> operations, String provider) {}

  private LoadProcess(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Starts one; it dies with this program. */
  static LoadProcess start(Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx768m",
            "-XX:+UseParallelGC",
            "-cp",
            System.getProperty("java.class.path"),
            LoadProgram.class.getName());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      return new LoadProcess(builder.start());
    } catch (IOException e) {
      throw new AssertionError("the program that makes loads cannot be started: " + e, e);
    }
  }

  /** Times the cryptography of one attestation on one core. */
  Timed time(LoadPlan plan) {
    ObjectNode asked = (ObjectNode) JsonMapper.shared().readTree(plan.toJson());
    JsonNode answer = ask(asked.put(LoadProgram.TIME, true).toString());
    List<Operation> operations = new ArrayList<>();
    answer.path("operations").forEach(one -> operations.add(Operation.parse(one)));
    return new Timed(List.copyOf(operations), answer.path("cryptography").asString());
  }

  /** Makes a load. */
  LoadResult run(LoadPlan plan) {
    LoadResult result = LoadResult.parse(ask(plan.toJson()).path("result"));
    warm = true;
    if (result.ended().isPresent()) {
      throw new AssertionError("the load ended before its time: " + result.ended().get());
    }
    return result;
  }

  long pid() {
    return process.pid();
  }

  /** Whether it has made a load. */
  boolean warm() {
    return warm;
  }

  /** Whether it can make another. */
  boolean alive() {
    return process.isAlive();
  }

  private JsonNode ask(String line) {
    String said;
    try {
      in.write(line + "\n");
      in.flush();
      said = out.readLine();
    } catch (IOException e) {
      said = null;
    }
    if (said == null) {
      throw new AssertionError("the program that makes loads ended too early");
    }
    JsonNode answer = JsonMapper.shared().readTree(said);
    if (answer.has("refused")) {
      throw new AssertionError("no load can be made: " + answer.path("refused").asString());
    }
    return answer;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      // It has ended already.
    }
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
