package dev.cocolab.apiserver.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.resource.ResourceReader.ListQuery;
import dev.cocolab.apiserver.selector.FieldSelector;
import dev.cocolab.apiserver.selector.LabelSelector;
import dev.cocolab.apiserver.store.MemoryObjectStore;
import dev.cocolab.apiserver.store.ObjectKey;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final Vertx vertx = Vertx.vertx();
  private final MemoryObjectStore store = new MemoryObjectStore(10_000);
  private final FakeSink sink = new FakeSink();
  private final List<Watch> ended = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    vertx.close();
  }

  private static final class FakeSink implements EventSink {
    final List<String> events = new CopyOnWriteArrayList<>();
    final AtomicBoolean full = new AtomicBoolean();
    final AtomicBoolean aborted = new AtomicBoolean();
    final AtomicBoolean over = new AtomicBoolean();
    volatile Runnable drain = () -> {};

    @Override
    public boolean isFull() {
      return full.get();
    }

    @Override
    public void write(Buffer event) {
      events.add(Trees.textOrEmpty(Trees.MAPPER.readTree(event.getBytes()), "type"));
    }

    @Override
    public void onDrain(Runnable action) {
      drain = action;
    }

    @Override
    public void onClose(Runnable action) {}

    @Override
    public void end() {
      over.set(true);
    }

    @Override
    public void abort() {
      aborted.set(true);
    }
  }

  private Context start() {
    Context context = vertx.getOrCreateContext();
    ListQuery query =
        new ListQuery(LabelSelector.EVERYTHING, FieldSelector.EVERYTHING, 0, "", "", "");
    WatchRequest request =
        new WatchRequest(
            new ResourceRegistry().builtIn("", "configmaps"),
            "ns",
            query,
            false,
            Optional.empty(),
            Duration.ofMinutes(1));
    Watch watch =
        new Watch(vertx, context, store, request, sink, UnaryOperator.identity(), ended::add);
    AtomicBoolean started = new AtomicBoolean();
    context.runOnContext(
        now -> {
          watch.start();
          started.set(true);
        });
    await().untilTrue(started);
    return context;
  }

  private void write(int index) {
    store.write(new ObjectKey("configmaps", "ns", "m" + index), 0, Trees.object());
  }

  @Test
  void aClientThatDoesNotReadIsCutOff() {
    start();
    sink.full.set(true);

    for (int i = 0; i < Watch.MAX_PENDING + 10; i++) {
      write(i);
    }

    await().untilTrue(sink.aborted);
    assertThat(sink.events).isEmpty();
    assertThat(ended).hasSize(1);
  }

  @Test
  void whatWaitedComesInOrderWhenTheClientReadsAgain() {
    Context context = start();
    sink.full.set(true);
    write(1);
    store.delete(new ObjectKey("configmaps", "ns", "m1"), store.revision(), Trees.object());
    write(1);
    sink.full.set(false);
    context.runOnContext(now -> sink.drain.run());

    await().until(() -> sink.events.size() == 3);
    assertThat(sink.events).containsExactly("ADDED", "DELETED", "ADDED");
    assertThat(sink.aborted).isFalse();
  }
}
