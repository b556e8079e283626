package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.Tee;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a worker says, against a broker of ours. */
class WorkerProgramTest {
  @TempDir private static Path folder;
  private static TestKbs kbs;

  @BeforeAll
  static void start() throws Exception {
    kbs = new TestKbs(folder);
  }

  @AfterAll
  static void stop() {
    kbs.close();
  }

  private final List<String> out = new ArrayList<>();
  private final WorkerProgram worker =
      new WorkerProgram(out::add, Clock.systemUTC(), new SecureRandom());

  private static LoadPlan plan(String url) throws Exception {
    return new LoadPlan(
        KbsAddress.parse(url),
        Tee.SAMPLE,
        1,
        new Demand.Clients(2),
        Duration.ofSeconds(60),
        Duration.ofMillis(500),
        TestKbs.RESOURCE,
        Optional.of(Files.readString(folder.resolve("etc/https-cert/certificate"))),
        false,
        Duration.ofSeconds(10),
        folder);
  }

  private int run(String url, Instant begin) throws Exception {
    return worker.run(Map.of(WorkerProgram.VARIABLE, WorkerProgram.variable(plan(url), begin)));
  }

  private JsonNode said() {
    assertThat(out).hasSize(1);
    assertThat(out.get(0)).startsWith(WorkerProgram.MARK);
    return JsonMapper.shared().readTree(out.get(0).substring(WorkerProgram.MARK.length()));
  }

  @Test
  void warmsUpUntilTheCommonBeginAndTellsWhatItMeasured() throws Exception {
    Instant begin = Instant.now().plusSeconds(3);

    assertThat(run("https://127.0.0.1:" + kbs.port(), begin)).isZero();

    LoadResult result = LoadResult.parse(said().path("result"));
    assertThat(result.clients()).isEqualTo(2);
    assertThat(result.attestations()).isPositive();
    assertThat(Instant.now()).isAfter(begin.plusMillis(500));
  }

  /** Guests that take 5 s to boot, on a clock that stands still otherwise. */
  @Test
  void guestsThatBootSlowlyDoNotShiftTheWindow() throws Exception {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    Instant begin = now.plusSeconds(30);
    AtomicReference<Instant> time = new AtomicReference<>(now);
    Clock clock =
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return time.get();
          }
        };
    List<Instant> windows = new ArrayList<>();
    WorkerProgram slow =
        new WorkerProgram(
            out::add,
            clock,
            plan -> {
              time.updateAndGet(before -> before.plusSeconds(5));
              return new WorkerLoad() {
                @Override
                public void check() {
                  time.updateAndGet(before -> before.plusSeconds(1));
                }

                @Override
                public LoadResult run(Duration warmup) {
                  windows.add(time.get().plus(warmup));
                  throw new LoadException(LoadException.Reason.UNREACHABLE, "no more is asked");
                }

                @Override
                public void stop(String reason) {}
              };
            });

    slow.run(
        Map.of(WorkerProgram.VARIABLE, WorkerProgram.variable(plan("http://127.0.0.1:1"), begin)));

    assertThat(windows).as("when the window begins").containsExactly(begin);
    assertThat(time.get()).as("booted once").isEqualTo(now.plusSeconds(6));
  }

  /** In a lab the environment is that of a pod, which anybody may have written. */
  @Test
  void hardwareThatIsGivenCountsNotThatOfTheEnvironment(@TempDir Path elsewhere) throws Exception {
    Path given = elsewhere.resolve("given");
    LoadPlan plan = plan("http://127.0.0.1:1").withPlatform(elsewhere.resolve("chosen"));
    ObjectNode azure = (ObjectNode) JsonMapper.shared().readTree(plan.toJson());
    azure.put("tee", "az-snp-vtpm");
    String variable =
        WorkerProgram.variable(LoadPlan.parse(azure.toString()), Instant.now().plusSeconds(60));

    new WorkerProgram(out::add, Clock.systemUTC(), new SecureRandom(), given)
        .run(Map.of(WorkerProgram.VARIABLE, variable));

    assertThat(said().path("refused").asString()).contains("127.0.0.1:1");
    assertThat(elsewhere).isDirectoryContaining(path -> path.equals(given));
    assertThat(elsewhere).isDirectoryNotContaining(path -> path.endsWith("chosen"));
  }

  @Test
  void oneThatIsTooLateMakesNoLoad() throws Exception {
    assertThat(run("https://127.0.0.1:" + kbs.port(), Instant.now())).isEqualTo(1);

    assertThat(said().path("refused").asString())
        .matches("this worker was ready \\d+ ms too late for the common begin");
    assertThat(said().path("reason").asString()).isEqualTo(WorkerProgram.LATE);
  }

  @Test
  void oneThatFindsNoBrokerSaysSo() throws Exception {
    assertThat(run("https://127.0.0.1:1", Instant.now().plusSeconds(60))).isEqualTo(1);

    assertThat(said().path("refused").asString()).contains("cannot connect to https://127.0.0.1:1");
    assertThat(said().path("reason").asString()).isEqualTo("UNREACHABLE");
  }

  @Test
  void oneWithoutAPlanSaysSo() throws Exception {
    assertThat(worker.run(Map.of())).isEqualTo(1);
    assertThat(said().path("refused").asString())
        .isEqualTo("COCOLAB_LOAD_PLAN holds no plan of a load");
  }
}
