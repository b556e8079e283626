package dev.cocolab.steps.run;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.Event;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.TestCaseFinished;
import io.cucumber.plugin.event.TestCaseStarted;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Ctrl-C, TERM or HUP during a run: says so at once, holds the scenario, and ends the process with
 * 130. What ends with the process, such as the container of the API server, would otherwise make
 * the scenario that is under way fail; and what puts a cluster back would do so beside it.
 */
final class Interruption implements ConcurrentEventListener, AutoCloseable {
  private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

  /** How long a step has, once it is interrupted, to come to its end. */
  private static final Duration STEP = Duration.ofSeconds(5);

  private final Terminal terminal;
  private final Supplier<String> soFar;
  private final Signals signals;
  private final AtomicBoolean come = new AtomicBoolean();
  private final Set<Thread> scenarios = ConcurrentHashMap.newKeySet();
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);

  private Interruption(Terminal terminal, Supplier<String> soFar) {
    this.terminal = Objects.requireNonNull(terminal, "terminal");
    this.soFar = Objects.requireNonNull(soFar, "soFar");
    this.signals = Signals.on(SIGNALS, this::interrupt);
  }

  /**
   * Listens until it is closed.
   *
   * @param soFar what is to be said of the run, after the word "interrupted"
   */
  static Interruption listen(Terminal terminal, Supplier<String> soFar) {
    return new Interruption(terminal, soFar);
  }

  /** Cucumber calls who asks for all events before who asks for some. */
  @Override
  public void setEventPublisher(EventPublisher publisher) {
    publisher.registerHandlerFor(Event.class, event -> hold());
    publisher.registerHandlerFor(
        TestCaseStarted.class, event -> scenarios.add(Thread.currentThread()));
    publisher.registerHandlerFor(
        TestCaseFinished.class, event -> scenarios.remove(Thread.currentThread()));
  }

  private void interrupt() {
    if (come.compareAndSet(false, true)) {
      if (terminal.interactive()) {
        terminal.err().print(RunProgress.CLEAR_LINE);
      }
      terminal.tell("cocolab: interrupted" + soFar.get());
      scenarios.forEach(Thread::interrupt);
      if (!scenarios.isEmpty()) {
        awaitHeld();
      }
    }
    System.exit(ExitCode.INTERRUPTED.code());
  }

  private void awaitHeld() {
    try {
      held.await(STEP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Once the run is interrupted, does not return: the process ends. */
  void hold() {
    while (come.get()) {
      held.countDown();
      try {
        never.await();
      } catch (InterruptedException e) {
        // The process ends; there is nobody to tell.
      }
    }
  }

  /** As {@link #hold}; otherwise signals do again what they did before. */
  @Override
  public void close() {
    hold();
    signals.close();
  }
}
