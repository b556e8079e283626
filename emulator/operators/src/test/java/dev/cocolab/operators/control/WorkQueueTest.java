package dev.cocolab.operators.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkQueueTest {

  private static final ObjectKey KEY = new ObjectKey("default", "a");

  private final ControllerThreads threads = new ControllerThreads("test", 2);

  @AfterEach
  void stop() {
    threads.close();
  }

  @Test
  void nothingHappensBeforeItIsOpenAndThenEachKeyOnce() {
    List<ObjectKey> done = new CopyOnWriteArrayList<>();
    WorkQueue queue = queue(key -> record(done, key));
    queue.add(KEY);
    queue.add(KEY);
    queue.add(new ObjectKey("default", "b"));
    assertThat(done).isEmpty();

    queue.open();

    await().untilAsserted(() -> assertThat(done).hasSize(2).doesNotHaveDuplicates());
  }

  @Test
  void aKeyAddedDuringItsWorkIsWorkedOnOnceMore() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    WorkQueue queue =
        queue(
            key -> {
              assertThat(together.incrementAndGet()).isEqualTo(1);
              runs.incrementAndGet();
              entered.countDown();
              awaitQuietly(go);
              together.decrementAndGet();
              return Optional.empty();
            });
    queue.open();
    queue.add(KEY);
    assertThat(entered.await(5, TimeUnit.SECONDS)).isTrue();
    queue.add(KEY);
    queue.add(KEY);
    go.countDown();

    await().untilAtomic(runs, org.hamcrest.Matchers.equalTo(2));
    await().during(Duration.ofMillis(50)).until(() -> runs.get() == 2);
  }

  @Test
  void aFailureIsTriedAgainUntilItSucceeds() {
    AtomicInteger runs = new AtomicInteger();
    WorkQueue queue =
        queue(
            key -> {
              if (runs.incrementAndGet() < 4) {
                throw new IllegalStateException("not yet");
              }
              return Optional.empty();
            });
    queue.open();
    queue.add(KEY);
    await().untilAtomic(runs, org.hamcrest.Matchers.equalTo(4));
  }

  @Test
  void aClosedQueueTakesNothing() {
    List<ObjectKey> done = new CopyOnWriteArrayList<>();
    WorkQueue queue = queue(key -> record(done, key));
    queue.open();
    queue.close();
    queue.add(KEY);
    threads.close();
    assertThat(done).isEmpty();
  }

  private WorkQueue queue(Reconciler reconciler) {
    return new WorkQueue("test", threads.executor(), reconciler);
  }

  private static Optional<Duration> record(List<ObjectKey> done, ObjectKey key) {
    done.add(key);
    return Optional.empty();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
