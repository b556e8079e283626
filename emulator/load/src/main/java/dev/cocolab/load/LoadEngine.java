package dev.cocolab.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Runs clients against the clock. With a number of clients each begins anew when it has ended. At a
 * fixed rate a thread of its own says what is due; who is free begins it, and a new client is made
 * when nobody is. What is due waits for its turn however long the server takes, and its latency
 * counts from when it was due: a server that stalls cannot hide behind clients that wait with it
 * (coordinated omission).
 */
final class LoadEngine {
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long UNSENT_GROUPS = 1_000_000;
  private static final Duration CUT = Duration.ofSeconds(2);

  private final Supplier<LoadClient> clients;
  private final Ticker ticker;
  private final Duration drain;
  private final List<Thread> threads = new ArrayList<>();
  private final List<LoadClient> opened = new ArrayList<>();
  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger mostWorking = new AtomicInteger();
  private final AtomicLong completed = new AtomicLong();
  private final Backlog backlog = new Backlog();
  private final Set<Long> underWay = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Silence silence;
  private final int mostClients;
  private int made;
  private volatile boolean stopped;
  private volatile String stopReason = "";
  private volatile Optional<RuntimeException> broken = Optional.empty();

  /**
   * An engine for one load.
   *
   * @param clients makes a client
   * @param patience how long connections may fail before the server counts as gone
   * @param drain how long answers are awaited after the end
   * @param mostClients how many are made at a fixed rate
   */
  LoadEngine(
      Supplier<LoadClient> clients,
      Ticker ticker,
      Duration patience,
      Duration drain,
      int mostClients) {
    this.clients = clients;
    this.ticker = ticker;
    this.drain = drain;
    this.mostClients = mostClients;
    this.silence = new Silence(patience.toNanos());
  }

  /** Ends the load before its time; may be called from any thread. */
  void stop(String reason) {
    stopReason = reason;
    over.countDown();
  }

  /**
   * Runs a load to its end.
   *
   * @throws RuntimeException what a client threw, for which no server is to blame
   */
  LoadResult run(Demand demand, Duration warmup, Duration length, Observer observer)
      throws InterruptedException {
    long begin = ticker.now();
    long start = begin + warmup.toNanos();
    long end = start + length.toNanos();
    Tally tally = new Tally(start, end);
    Optional<Arrivals> arrivals = Optional.empty();
    Optional<Schedule> timetable = Optional.empty();
    try {
      if (demand instanceof Demand.Clients fixed) {
        for (int i = 0; i < fixed.count(); i++) {
          begin("load-client-" + i, () -> repeat(open(), end, tally));
        }
      } else {
        Schedule schedule = new Schedule(begin, ((Demand.Rate) demand).perSecond());
        Arrivals announced = new Arrivals(schedule, ticker, () -> stopped);
        arrivals = Optional.of(announced);
        begin("load-schedule", () -> announced.run(end, due -> arrived(due, schedule, tally)));
        timetable = Optional.of(schedule);
      }
      boolean early = awaitOver(start);
      observer.measuring();
      if (!early) {
        awaitOver(end);
      }
      long ended = silence.gone().isPresent() ? silence.since() : Math.min(end, ticker.now());
      tally.endAt(ended);
      stopped = true;
      observer.measured();
      arrivals.ifPresent(all -> all.finish(ended, backlog::dueUntil));
      Duration behind = Duration.ZERO;
      if (timetable.isPresent()) {
        behind = behind(timetable.get(), tally, ended);
      }
      drain();
      if (broken.isPresent()) {
        throw broken.get();
      }
      silence.over();
      silence.gone().ifPresent(gone -> tally.endAt(silence.since()));
      return result(demand, tally, behind);
    } finally {
      stopped = true;
      opened().forEach(LoadClient::close);
      threads().forEach(Thread::interrupt);
    }
  }

  /** Waits until then; true when something ended the load before. */
  private boolean awaitOver(long then) throws InterruptedException {
    for (long left = then - ticker.now(); left > 0; left = then - ticker.now()) {
      if (over.await(left, TimeUnit.NANOSECONDS)) {
        return true;
      }
    }
    return over.getCount() == 0;
  }

  private LoadClient open() {
    LoadClient client = clients.get();
    synchronized (opened) {
      opened.add(client);
    }
    return client;
  }

  private List<LoadClient> opened() {
    synchronized (opened) {
      return List.copyOf(opened);
    }
  }

  private void begin(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the load is over
              } catch (RuntimeException e) {
                broken = Optional.of(e);
                over.countDown();
              } catch (Error e) { // with a client less the load would not be what was asked for
                broken = Optional.of(new IllegalStateException("a client ended: " + e, e));
                over.countDown();
              }
            },
            name);
    thread.setDaemon(true);
    synchronized (threads) {
      threads.add(thread);
    }
    thread.start();
  }

  private List<Thread> threads() {
    synchronized (threads) {
      return List.copyOf(threads);
    }
  }

  /** What a thread does. */
  private interface Work {
    void run() throws InterruptedException;
  }

  private void repeat(LoadClient client, long end, Tally tally) throws InterruptedException {
    while (!stopped && ticker.now() < end) {
      Attempt attempt = one(client, 0, tally);
      if (attempt.failure().filter(AttemptFailure::isSilence).isPresent() && !stopped) {
        ticker.awaitUntil(ticker.now() + RETRY_NANOS); // a refused connection costs nothing
      }
    }
  }

  private Attempt one(LoadClient client, long waited, Tally tally) {
    mostWorking.accumulateAndGet(working.incrementAndGet(), Math::max);
    Attempt attempt = client.attest();
    working.decrementAndGet();
    long now = ticker.now();
    tally.add(attempt, waited, now);
    if (silence.note(attempt, now)) {
      over.countDown();
    }
    return attempt;
  }

  /** Called by one thread. */
  private void arrived(long due, Schedule schedule, Tally tally) {
    backlog.dueUntil(due);
    long wanted = Math.min(mostClients, due - completed.get());
    while (made < wanted) {
      begin("load-client-" + made++, () -> serve(open(), schedule, tally));
    }
  }

  private void serve(LoadClient client, Schedule schedule, Tally tally)
      throws InterruptedException {
    for (OptionalLong next = backlog.take(); next.isPresent(); next = backlog.take()) {
      long number = next.getAsLong();
      underWay.add(number);
      one(client, Math.max(0, ticker.now() - schedule.due(number)), tally);
      underWay.remove(number);
      completed.incrementAndGet();
    }
  }

  /** Counts what is due and has not begun; how long ago the oldest was due that has not ended. */
  private Duration behind(Schedule schedule, Tally tally, long now) {
    backlog.close();
    long first = backlog.begun();
    long due = Math.min(backlog.due(), schedule.countBefore(now)); // none that came due after it
    long oldest = underWay.stream().mapToLong(number -> number).min().orElse(first);
    // Neighbours have waited as long as each other, to a millionth of the longest.
    long together = 1 + (due - first) / UNSENT_GROUPS;
    for (long number = first; number < due; number += together) {
      tally.unsent(now - schedule.due(number), Math.min(together, due - number));
    }
    return oldest < due ? Duration.ofNanos(now - schedule.due(oldest)) : Duration.ZERO;
  }

  /** Lets everybody end what is under way; who takes too long is cut off. */
  private void drain() throws InterruptedException {
    backlog.close();
    if (!join(drain)) {
      opened().forEach(LoadClient::close);
      join(CUT);
    }
  }

  private boolean join(Duration patience) throws InterruptedException {
    long limit = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads()) {
      long left = TimeUnit.NANOSECONDS.toMillis(limit - System.nanoTime());
      if (thread.isAlive() && left > 0) {
        thread.join(left);
      }
      if (thread.isAlive()) {
        return false;
      }
    }
    return true;
  }

  private LoadResult result(Demand demand, Tally tally, Duration behind) {
    Optional<String> ended =
        silence.gone().or(() -> Optional.of(stopReason).filter(why -> !why.isEmpty()));
    Optional<LoadResult.Lag> lag = Optional.empty();
    if (demand instanceof Demand.Rate rate) {
      lag =
          Optional.of(
              new LoadResult.Lag(
                  rate.perSecond(),
                  Duration.ofNanos(tally.longestWait()),
                  behind,
                  tally.unsentCount()));
    }
    return new LoadResult(
        Duration.ofNanos(tally.windowNanos()),
        demand instanceof Demand.Clients fixed ? fixed.count() : mostWorking.get(),
        tally.attempts(),
        tally.connections(),
        tally.attestations(),
        tally.late(),
        tally.errors(),
        tally.samples(),
        tally.latency(),
        tally.phases(),
        lag,
        ended);
  }
}
