package dev.cocolab.load;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One of several workers that drive the same broker at the same time, each in a process or pod of
 * its own. All begin to measure at one moment of the clock, which is part of the plan; what they
 * measured is put together by {@link LoadResult#and}.
 *
 * <p>Environment: {@link #VARIABLE} holds {@code {"plan": …, "begin_ms": …}} ({@link
 * LoadPlan#toJson}, milliseconds since 1970). Output: one line of JSON after {@link #MARK}, with
 * {@code result} ({@link LoadResult#toJson}), or with {@code refused} and its {@code reason}.
 */
public final class WorkerProgram {
  /** Name of the variable that holds the worker's plan. */
  public static final String VARIABLE = "COCOLAB_LOAD_PLAN";

  /** What the line with the result begins with. */
  public static final String MARK = "cocolab-load: ";

  /** Exit code of a worker that measured, whatever it measured. */
  public static final int MEASURED = 0;

  /** Exit code of a worker that did not. */
  public static final int REFUSED = 1;

  /**
   * Why a worker did not measure that was not ready in time; others are {@link LoadException}'s.
   */
  public static final String LATE = "LATE";

  private static final String NO_PLAN = VARIABLE + " holds no plan of a load";
  private static final Duration SHORTEST_WARMUP = Duration.ofSeconds(1);

  private final Consumer<String> out;
  private final Clock clock;
  private final Function<LoadPlan, WorkerLoad> boot;
  private final AtomicReference<WorkerLoad> running = new AtomicReference<>();
  private volatile Optional<String> stopped = Optional.empty();

  /** A worker that prints lines to {@code out}. */
  public WorkerProgram(Consumer<String> out, Clock clock, SecureRandom random) {
    this(out, clock, plan -> new LoadRun(plan, random, clock));
    Objects.requireNonNull(random, "random");
  }

  /**
   * A worker inside a process that is not its own: it uses the emulated hardware that it is given,
   * whatever folder its environment names.
   *
   * @param platform folder of the emulated hardware
   */
  public WorkerProgram(Consumer<String> out, Clock clock, SecureRandom random, Path platform) {
    this(out, clock, plan -> new LoadRun(plan.withPlatform(platform), random, clock));
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(platform, "platform");
  }

  /** One whose load is made ready by {@code boot}. */
  WorkerProgram(Consumer<String> out, Clock clock, Function<LoadPlan, WorkerLoad> boot) {
    this.out = Objects.requireNonNull(out, "out");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.boot = Objects.requireNonNull(boot, "boot");
  }

  /** The content of the variable. */
  public static String variable(LoadPlan plan, Instant begin) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.set("plan", JsonMapper.shared().readTree(plan.toJson()));
    out.put("begin_ms", begin.toEpochMilli());
    return out.toString();
  }

  /** Runs it; returns the exit code. */
  public int run(Map<String, String> environment) throws InterruptedException {
    try {
      LoadPlan plan;
      Instant begin;
      try {
        JsonNode json = JsonMapper.shared().readTree(environment.getOrDefault(VARIABLE, ""));
        if (!json.path("plan").isObject()) {
          return refuse(LoadException.Reason.BAD_INPUT.name(), NO_PLAN);
        }
        plan = LoadPlan.parse(json.path("plan").toString());
        begin = Instant.ofEpochMilli(json.path("begin_ms").asLong());
      } catch (JacksonException e) {
        return refuse(LoadException.Reason.BAD_INPUT.name(), NO_PLAN);
      }
      WorkerLoad run = boot.apply(plan);
      running.set(run);
      stopped.ifPresent(run::stop);
      run.check();
      // Last of all: what is done between this and the load would shift the window.
      Duration left = Duration.between(clock.instant(), begin);
      if (left.compareTo(SHORTEST_WARMUP) < 0) {
        return refuse(
            LATE,
            "this worker was ready %d ms too late for the common begin"
                .formatted(SHORTEST_WARMUP.minus(left).toMillis()));
      }
      LoadResult result = run.run(left);
      ObjectNode line = JsonMapper.shared().createObjectNode();
      line.set("result", result.toJson());
      out.accept(MARK + line);
      return MEASURED;
    } catch (LoadException e) {
      return refuse(e.reason().name(), e.getMessage());
    }
  }

  private int refuse(String reason, String why) {
    out.accept(
        MARK + JsonMapper.shared().createObjectNode().put("refused", why).put("reason", reason));
    return REFUSED;
  }

  /** Ends {@link #run} before its time; may be called from any thread. */
  public void stop(String reason) {
    stopped = Optional.of(reason);
    Optional.ofNullable(running.get()).ifPresent(run -> run.stop(reason));
  }
}
