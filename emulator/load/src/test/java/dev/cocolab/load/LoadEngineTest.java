package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The engine against servers that are a few lines, on the machine's own time. */
class LoadEngineTest {
  private static final long MILLI = 1_000_000;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMillis(300);

  private final Ticker ticker = Ticker.ofMachine();
  private final AtomicInteger clients = new AtomicInteger();

  /** A client of a server that takes as long as {@code server} says, given the time. */
  private Supplier<LoadClient> served(Server server) {
    return () -> {
      clients.incrementAndGet();
      return new LoadClient() {
        @Override
        public Attempt attest() {
          long begun = ticker.now();
          Optional<AttemptFailure> failure = server.serve(begun);
          long took = ticker.now() - begun;
          Map<Phase, Long> phases = new EnumMap<>(Phase.class);
          if (failure.isEmpty()) {
            phases.put(Phase.AUTH, took);
          }
          return new Attempt(phases, took, 0, failure);
        }

        @Override
        public void close() {}
      };
    };
  }

  private interface Server {
    Optional<AttemptFailure> serve(long now);
  }

  private void pause(long until) {
    try {
      ticker.awaitUntil(until);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private LoadEngine engine(Server server, int mostClients) {
    return new LoadEngine(served(server), ticker, PATIENCE, SECOND, mostClients);
  }

  private static final Observer NOBODY =
      new Observer() {
        @Override
        public void measuring() {}

        @Override
        public void measured() {}
      };

  @Test
  void aServerThatStallsShowsInThePercentilesAtAFixedRate() throws Exception {
    // For one second of two nothing is answered. A client that waits with the server would have
    // one slow answer among many quick ones.
    long stall = ticker.now() + 500 * MILLI;
    Server server =
        now -> {
          pause(now < stall ? now + MILLI : Math.max(now + MILLI, stall + 1000 * MILLI));
          return Optional.empty();
        };
    LoadResult result =
        engine(server, 1).run(new Demand.Rate(100), Duration.ZERO, SECOND.multipliedBy(2), NOBODY);

    assertThat(result.latency().percentileMillis(99)).isBetween(900.0, 1500.0);
    assertThat(result.latency().percentileMillis(75))
        .as("half of what was due came due during the stall")
        .isGreaterThan(200.0);
    assertThat(result.lag()).isPresent();
    assertThat(result.lag().get().most()).isGreaterThan(Duration.ofMillis(900));
    assertThat(result.phases().get(Phase.AUTH).percentileMillis(90))
        .as("the server itself was slow once only")
        .isLessThan(200.0);
  }

  @Test
  void clientsAreMadeAsTheyAreNeeded() throws Exception {
    // 50 a second for 100 ms each need five clients.
    Server server =
        now -> {
          pause(now + 100 * MILLI);
          return Optional.empty();
        };
    LoadResult result = engine(server, 64).run(new Demand.Rate(50), Duration.ZERO, SECOND, NOBODY);
    assertThat(clients.get()).isBetween(5, 25);
    assertThat(result.clients()).isBetween(5, 25);
    assertThat(result.errors()).isEmpty();
    assertThat(result.attestations() + result.late() + result.lag().orElseThrow().unsent())
        .isEqualTo(50);
  }

  @Test
  void aboveCapacityTheRateStaysAndTheLagIsTold() throws Exception {
    // One client and 50 ms each are 20 a second; 100 are asked for.
    Server server =
        now -> {
          pause(now + 50 * MILLI);
          return Optional.empty();
        };
    LoadResult result = engine(server, 1).run(new Demand.Rate(100), Duration.ZERO, SECOND, NOBODY);
    LoadResult.Lag lag = result.lag().orElseThrow();

    assertThat(lag.offered()).isEqualTo(100);
    assertThat(result.attestations()).isBetween(10L, 20L);
    assertThat(lag.unsent()).isGreaterThan(70);
    assertThat(result.attestations() + result.late() + lag.unsent())
        .as("everything that was due is accounted for")
        .isEqualTo(100);
    assertThat(lag.behind()).isBetween(Duration.ofMillis(600), Duration.ofMillis(1100));
    assertThat(result.latency().count()).isEqualTo(100);
  }

  @Test
  void aNumberOfClientsIsThatManyAndTheWarmUpDoesNotCount() throws Exception {
    long begun = ticker.now();
    AtomicLong slowest = new AtomicLong();
    Server server =
        now -> {
          long took = now - begun < 400 * MILLI ? 60 * MILLI : 5 * MILLI;
          slowest.accumulateAndGet(took, Math::max);
          pause(now + took);
          return Optional.empty();
        };
    LoadResult result =
        engine(server, 1).run(new Demand.Clients(3), Duration.ofMillis(600), SECOND, NOBODY);
    assertThat(clients.get()).isEqualTo(3);
    assertThat(result.clients()).isEqualTo(3);
    assertThat(result.lag()).isEmpty();
    assertThat(slowest.get()).as("there was a slow warm-up").isEqualTo(60 * MILLI);
    assertThat(result.latency().percentileMillis(50)).isBetween(5.0, 40.0);
    assertThat(result.perSecond()).isCloseTo((double) result.attestations(), within(1.0));
    assertThat(result.late()).isBetween(0L, 3L);
  }

  @Test
  void errorsAreCountedByKindAndKeepTheirFirstWords() throws Exception {
    AtomicInteger count = new AtomicInteger();
    Server server =
        now -> {
          pause(now + 20 * MILLI);
          return count.incrementAndGet() % 2 == 0
              ? Optional.empty()
              : Optional.of(AttemptFailure.refused(Phase.RESOURCE, 403, "PolicyDeny: no"));
        };
    LoadResult result = engine(server, 1).run(new Demand.Clients(1), Duration.ZERO, SECOND, NOBODY);
    assertThat(result.errors()).containsOnlyKeys("resource_403");
    assertThat(result.errors().get("resource_403")).isBetween(5L, 30L);
    assertThat(result.samples()).containsEntry("resource_403", "PolicyDeny: no");
    assertThat(result.ended()).isEmpty();
    assertThat(result.latency().count())
        .as("a refusal is quick and says nothing about the time that a success takes")
        .isBetween(result.attestations(), result.attestations() + result.late());
  }

  @Test
  void aServerThatHasGoneEndsTheLoadEarly() throws Exception {
    long death = ticker.now() + 300 * MILLI;
    Server server =
        now -> {
          pause(now + 5 * MILLI);
          return now < death
              ? Optional.empty()
              : Optional.of(new AttemptFailure(AttemptFailure.CONNECT, "Connection refused", null));
        };
    LoadResult result =
        engine(server, 1).run(new Demand.Clients(4), Duration.ZERO, Duration.ofSeconds(60), NOBODY);
    assertThat(result.ended()).hasValue("Connection refused");
    assertThat(result.window()).isBetween(Duration.ofMillis(250), Duration.ofSeconds(10));
    assertThat(result.attestations()).isPositive();
    assertThat(result.errors()).containsOnlyKeys("connect");
  }

  @Test
  void aServerThatHasGoneIsMeasuredUpToThen() throws Exception {
    long begun = ticker.now();
    long death = begun + 400 * MILLI;
    LoadResult result =
        engine(gone(death, AttemptFailure.CONNECT, 5), 1)
            .run(new Demand.Clients(4), Duration.ZERO, Duration.ofSeconds(60), NOBODY);

    assertThat(result.ended()).hasValue(AttemptFailure.CONNECT);
    assertThat(result.window())
        .as("the patience afterwards is not part of what was measured")
        .isLessThan(Duration.ofNanos(ticker.now() - begun).minus(PATIENCE));
  }

  @Test
  void aServerThatHangsHasGone() throws Exception {
    long death = ticker.now() + 300 * MILLI;
    LoadResult result =
        engine(gone(death, AttemptFailure.TIMEOUT, 400), 1)
            .run(new Demand.Clients(4), Duration.ZERO, Duration.ofSeconds(60), NOBODY);

    assertThat(result.ended()).hasValue(AttemptFailure.TIMEOUT);
    assertThat(result.errors()).containsOnlyKeys("timeout");
  }

  @Test
  void aServerThatGoesShortlyBeforeTheEndHasGone() throws Exception {
    for (String how : List.of(AttemptFailure.CONNECT, AttemptFailure.TIMEOUT)) {
      // The last 150 ms of a second, which is less than the patience.
      long death = ticker.now() + 850 * MILLI;
      long wait = how.equals(AttemptFailure.CONNECT) ? 5 : 400;
      LoadResult result =
          engine(gone(death, how, wait), 1)
              .run(new Demand.Clients(2), Duration.ZERO, SECOND, NOBODY);
      assertThat(result.ended()).as(how).hasValue(how);
      assertThat(result.window()).as(how).isLessThan(SECOND);
    }
  }

  @Test
  void aServerThatIsSlowHasNotGone() throws Exception {
    AtomicInteger count = new AtomicInteger();
    Server server =
        now -> {
          pause(now + 350 * MILLI);
          return count.incrementAndGet() % 3 == 0
              ? Optional.of(new AttemptFailure(AttemptFailure.TIMEOUT, "slow", null))
              : Optional.empty();
        };
    LoadResult result = engine(server, 1).run(new Demand.Clients(2), Duration.ZERO, SECOND, NOBODY);
    assertThat(result.ended()).isEmpty();
    assertThat(result.errors()).containsOnlyKeys("timeout");
  }

  @Test
  void whatComesDueAfterAServerHasGoneIsNotPartOfTheMeasurement() throws Exception {
    long death = ticker.now() + 300 * MILLI;
    LoadResult result =
        engine(gone(death, AttemptFailure.TIMEOUT, 500), 4)
            .run(new Demand.Rate(200), Duration.ZERO, Duration.ofSeconds(60), NOBODY);

    assertThat(result.ended()).hasValue(AttemptFailure.TIMEOUT);
    LoadResult.Lag lag = result.lag().orElseThrow();
    assertThat(lag.behind()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(lag.unsent()).isLessThan(40);
  }

  /** A server that answers after 5 ms until it dies, and then fails each after {@code wait} ms. */
  private Server gone(long death, String how, long wait) {
    return now -> {
      pause(now + (now < death ? 5 : wait) * MILLI);
      return now < death ? Optional.empty() : Optional.of(new AttemptFailure(how, how, null));
    };
  }

  @Test
  void aRateThatNobodyCanServeTakesNeitherMemoryNorTime() throws Exception {
    Server server =
        now -> {
          pause(now + 50 * MILLI);
          return Optional.empty();
        };
    long begun = ticker.now();
    // As a queue of numbers this would be a gigabyte.
    LoadResult result =
        engine(server, 2).run(new Demand.Rate(30_000_000), Duration.ZERO, SECOND, NOBODY);

    LoadResult.Lag lag = result.lag().orElseThrow();
    assertThat(result.attestations() + result.late() + lag.unsent()).isEqualTo(30_000_000);
    assertThat(result.latency().count()).isEqualTo(30_000_000);
    assertThat(result.latency().percentileMillis(50)).isBetween(450.0, 550.0);
    assertThat(lag.behind()).isBetween(Duration.ofMillis(800), Duration.ofMillis(1100));
    assertThat(Duration.ofNanos(ticker.now() - begun)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void anErrorOfAClientEndsTheLoadRatherThanOneClient() {
    Server server =
        now -> {
          throw new OutOfMemoryError("Java heap space");
        };
    assertThatThrownBy(
            () ->
                engine(server, 1)
                    .run(new Demand.Clients(3), Duration.ZERO, Duration.ofSeconds(60), NOBODY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Java heap space");
  }

  @Test
  void aServerThatRefusesConnectionsForAMomentDoesNot() throws Exception {
    long from = ticker.now() + 200 * MILLI;
    Server server =
        now -> {
          pause(now + 5 * MILLI);
          return now < from || now > from + 100 * MILLI
              ? Optional.empty()
              : Optional.of(new AttemptFailure(AttemptFailure.CONNECT, "Connection refused", null));
        };
    LoadResult result = engine(server, 1).run(new Demand.Clients(2), Duration.ZERO, SECOND, NOBODY);
    assertThat(result.ended()).isEmpty();
    assertThat(result.errors()).containsOnlyKeys("connect");
  }

  @Test
  void somebodyElseMayEndIt() throws Exception {
    LoadEngine engine =
        engine(
            now -> {
              pause(now + 5 * MILLI);
              return Optional.empty();
            },
            1);
    List<String> told = new CopyOnWriteArrayList<>();
    LoadResult result =
        engine.run(
            new Demand.Rate(10),
            Duration.ZERO,
            Duration.ofSeconds(60),
            new Observer() {
              @Override
              public void measuring() {
                told.add("measuring");
                engine.stop("the broker ended");
              }

              @Override
              public void measured() {
                told.add("measured");
              }
            });
    assertThat(result.ended()).hasValue("the broker ended");
    assertThat(result.window()).isLessThan(Duration.ofSeconds(10));
    assertThat(told).containsExactly("measuring", "measured");
  }

  @Test
  void aFailureOfTheClientItselfIsNotBlamedOnTheServer() {
    Server server =
        now -> {
          throw new IllegalStateException("no evidence");
        };
    assertThatThrownBy(
            () ->
                engine(server, 1)
                    .run(new Demand.Clients(1), Duration.ZERO, Duration.ofSeconds(60), NOBODY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no evidence");
  }
}
