package dev.cocolab.apiserver.watch;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.resource.ResourceReader;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoreEvent;
import dev.cocolab.apiserver.store.StoredObject;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/**
 * One watch: takes changes from the store, turns them into events for this client and hands them
 * over as fast as the client reads. A client that is {@value #MAX_PENDING} events or {@value
 * #MAX_BYTES} bytes of objects behind is cut off; it lists and watches anew, as clients do. What
 * waits are the store's own states, which become bytes when the client takes them.
 */
public final class Watch {
  static final int MAX_PENDING = 4096;
  static final int MAX_BYTES = 8 * 1024 * 1024;
  private static final long BOOKMARK_MILLIS = 30_000;
  private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";

  private final Vertx vertx;
  private final Context context;
  private final ObjectStore store;
  private final WatchRequest request;
  private final EventSink sink;
  private final UnaryOperator<ObjectNode> rendering;
  private final Consumer<Watch> onEnd;

  /** Events on their way from the store to the client; the store adds on any thread. */
  private final AtomicInteger pending = new AtomicInteger();

  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

  /** Bytes of the changes in the queue, about; the state at the beginning is not counted. */
  private long waiting;

  private ObjectStore.Subscription subscription = () -> {};
  private long seen;
  private long bookmarkTimer = -1;
  private long endTimer = -1;
  private boolean closed;

  /**
   * @param context event loop of the connection; {@link #start} and the sink are used on it
   * @param rendering turns an object into what the client asked for, for example a Table
   * @param onEnd told once when the watch is over
   */
  public Watch(
      Vertx vertx,
      Context context,
      ObjectStore store,
      WatchRequest request,
      EventSink sink,
      UnaryOperator<ObjectNode> rendering,
      Consumer<Watch> onEnd) {
    this.vertx = vertx;
    this.context = context;
    this.store = store;
    this.request = request;
    this.sink = sink;
    this.rendering = rendering;
    this.onEnd = onEnd;
  }

  /**
   * Begins; what goes wrong is told to the client as an ERROR event, after which the stream ends.
   */
  public void start() {
    sink.onClose(this::close);
    sink.onDrain(this::flush);
    try {
      seen = beginning();
      subscription =
          store.subscribe(request.type().storageName(), request.namespace(), seen, this::fromStore);
    } catch (ObjectStore.ExpiredRevision e) {
      fail(
          ApiException.expired(
              "too old resource version: "
                  + request.query().resourceVersion()
                  + " ("
                  + e.oldest()
                  + ")"));
      return;
    } catch (ApiException e) {
      fail(e);
      return;
    }
    endTimer = vertx.setTimer(Math.max(1, request.life().toMillis()), id -> finish());
    if (request.bookmarks()) {
      bookmarkTimer = vertx.setPeriodic(BOOKMARK_MILLIS, id -> bookmark());
    }
    flush();
  }

  private long beginning() {
    String version = request.query().resourceVersion();
    boolean fromState = version.isEmpty() || version.equals("0");
    boolean wantsState = request.initialEvents().orElse(fromState);
    if (!wantsState) {
      return fromState ? store.revision() : ResourceReader.parseRevision(version);
    }
    ObjectStore.Snapshot snapshot =
        store.list(request.type().storageName(), request.namespace(), OptionalLong.empty());
    if (!fromState && ResourceReader.parseRevision(version) > snapshot.revision()) {
      throw ApiException.tooLargeRevision(
          ResourceReader.parseRevision(version), snapshot.revision());
    }
    for (StoredObject object : snapshot.objects()) {
      if (request.query().matches(object.json())) {
        queue.add(new Waiting("ADDED", object.json(), true, 0));
      }
    }
    if (request.initialEvents().orElse(false) && request.bookmarks()) {
      ObjectNode mark = mark(snapshot.revision());
      Trees.child(mark, "metadata").putObject("annotations").put(INITIAL_EVENTS_END, "true");
      queue.add(new Waiting("BOOKMARK", mark, false, 0));
    }
    return snapshot.revision();
  }

  private ObjectNode mark(long revision) {
    ObjectNode object =
        Trees.object()
            .put("kind", request.type().kind())
            .put("apiVersion", request.type().apiVersion());
    object
        .putObject("metadata")
        .put("resourceVersion", Long.toString(revision))
        .putNull("creationTimestamp");
    return object;
  }

  /** Called by the store, under its lock. */
  private void fromStore(StoreEvent event) {
    int behind = pending.incrementAndGet();
    if (behind == MAX_PENDING + 1) {
      context.runOnContext(now -> cutOff());
    } else if (behind <= MAX_PENDING) {
      context.runOnContext(now -> deliver(event));
    }
  }

  private void deliver(StoreEvent event) {
    pending.decrementAndGet();
    if (closed) {
      return;
    }
    seen = event.revision();
    boolean before =
        event.before().filter(state -> request.query().matches(state.json())).isPresent();
    boolean after = !event.deleted() && request.query().matches(event.after().json());
    if (before && after) {
      enqueue("MODIFIED", event.after());
    } else if (after) {
      enqueue("ADDED", event.after());
    } else if (before) {
      enqueue("DELETED", event.deleted() ? event.after() : left(event));
    }
    flush();
    if (queue.size() > MAX_PENDING || waiting > MAX_BYTES) {
      cutOff();
    }
  }

  /** What no longer matches is shown as it was when it did, with the revision of the change. */
  private static StoredObject left(StoreEvent event) {
    ObjectNode object = event.before().orElseThrow().json().deepCopy();
    Trees.child(object, "metadata").put("resourceVersion", Long.toString(event.revision()));
    return new StoredObject(event.key(), event.revision(), event.after().size(), object);
  }

  private void enqueue(String type, StoredObject state) {
    queue.add(new Waiting(type, state.json(), true, state.size()));
    waiting += state.size();
  }

  /** An event before it is bytes. */
  private record Waiting(String type, ObjectNode object, boolean rendered, long size) {}

  private Buffer taken(Waiting event) {
    waiting -= event.size();
    return encoded(
        event.type(),
        event.rendered()
            ? rendering.apply(ResourceReader.inVersion(request.type(), event.object()))
            : event.object());
  }

  private static Buffer encoded(String type, ObjectNode object) {
    ObjectNode event = Trees.object().put("type", type);
    event.set("object", object);
    return Buffer.buffer(Trees.MAPPER.writeValueAsBytes(event));
  }

  private void flush() {
    while (!closed && !queue.isEmpty() && !sink.isFull()) {
      sink.write(taken(queue.poll()));
    }
  }

  private void bookmark() {
    if (!closed && queue.isEmpty()) {
      long revision = store.revision();
      if (pending.get() == 0) {
        // whatever concerns this watch up to that revision has been delivered
        seen = revision;
      }
      queue.add(new Waiting("BOOKMARK", mark(seen), false, 0));
      flush();
    }
  }

  private void fail(ApiException reason) {
    if (!closed) {
      sink.write(encoded("ERROR", reason.status()));
      finish();
    }
  }

  /** Ends the stream as planned; may be called on any thread. */
  public void finishFromOutside() {
    context.runOnContext(now -> finish());
  }

  private void finish() {
    if (!closed) {
      close();
      sink.end();
    }
  }

  private void cutOff() {
    if (!closed) {
      close();
      sink.abort();
    }
  }

  private void close() {
    if (closed) {
      return;
    }
    closed = true;
    onEnd.accept(this);
    subscription.close();
    queue.clear();
    vertx.cancelTimer(bookmarkTimer);
    vertx.cancelTimer(endTimer);
  }
}
