package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.Terminal;
import io.cucumber.core.eventbus.EventBus;
import io.cucumber.core.runtime.TimeServiceEventBus;
import io.cucumber.plugin.event.Location;
import io.cucumber.plugin.event.TestCase;
import io.cucumber.plugin.event.TestCaseStarted;
import io.cucumber.plugin.event.TestStep;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a terminal shows while scenarios run. */
class BlockProgressTest {
  private static final String CLEAR = "\r\u001b[K";

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @ParameterizedTest
  @CsvSource({
    "80, '2 scenarios running: the first, the second'",
    "0, '2 scenarios running: the first, the second'",
    "43, '2 scenarios running: the first, the second'",
    "42, '2 scenarios running: the first, the seco…'",
    "10, '2 scenar…'",
    "2, …",
  })
  void lastLineIsCutToTheWidth(int columns, String expected) {
    BlockProgress progress = progress(true, columns);

    start(progress, "the first", "the second");

    assertThat(text()).endsWith(CLEAR + expected);
  }

  @Test
  void lineOfNoScenarioStandsAboveTheLastOne() {
    BlockProgress progress = progress(true, 80);
    start(progress, "a\ttab");
    said.reset();

    progress.tell("building the workload's image, once");

    assertThat(text())
        .isEqualTo(CLEAR + "building the workload's image, once\n1 scenario running: a tab");
  }

  @Test
  void nothingMovesWhereNobodyWatches() {
    BlockProgress progress = progress(false, 80);

    start(progress, "the first", "the second");
    progress.tell("a line");

    assertThat(text()).isEqualTo("a line\n");
  }

  private BlockProgress progress(boolean watched, int columns) {
    return new BlockProgress(
        new Terminal(
            new PrintStream(new ByteArrayOutputStream(), true),
            new PrintStream(said, true),
            watched,
            columns));
  }

  private static void start(BlockProgress progress, String... names) {
    EventBus bus = new TimeServiceEventBus(Clock.systemUTC(), UUID::randomUUID);
    progress.setEventPublisher(bus);
    for (String name : names) {
      bus.send(new TestCaseStarted(Instant.EPOCH, new Named(UUID.randomUUID(), name)));
    }
  }

  private String text() {
    return said.toString(StandardCharsets.UTF_8);
  }

  /** A scenario of which only the name matters. */
  @SuppressWarnings("deprecation") // the interface still asks for them
  private record Named(UUID id, String name) implements TestCase {
    @Override
    public Integer getLine() {
      return 1;
    }

    @Override
    public Location getLocation() {
      return new Location(1, 1);
    }

    @Override
    public String getKeyword() {
      return "Scenario";
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public String getScenarioDesignation() {
      return name;
    }

    @Override
    public List<String> getTags() {
      return List.of();
    }

    @Override
    public List<TestStep> getTestSteps() {
      return List.of();
    }

    @Override
    public URI getUri() {
      return URI.create("classpath:/a.feature");
    }

    @Override
    public UUID getId() {
      return id;
    }
  }
}
