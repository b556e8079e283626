package dev.cocolab.apiserver.store;

import dev.cocolab.apiserver.json.TreeSize;
import dev.cocolab.apiserver.json.Trees;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps everything in memory behind one lock; of the past, a bounded number of changes. With a
 * {@link ObjectLog}, each change is on the disk before it is visible.
 */
public final class MemoryObjectStore implements ObjectStore {
  /** Bytes of past states, about: few large objects are forgotten sooner than many small ones. */
  static final long MAX_LOGGED = 64L * 1024 * 1024;

  private final Object lock = new Object();
  private final NavigableMap<ObjectKey, StoredObject> objects = new TreeMap<>();
  private final ArrayDeque<StoreEvent> log = new ArrayDeque<>();
  private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();
  private final int logSize;
  private final Optional<ObjectLog> disk;
  private long revision = 1;

  /** Bytes of the states in the log, about. */
  private long logged;

  /** Revision before the oldest event of the log: watches may start here or later. */
  private long oldest = 1;

  /**
   * @param logSize number of changes remembered, at least 1
   */
  public MemoryObjectStore(int logSize) {
    this.logSize = logSize;
    this.disk = Optional.empty();
  }

  /** Goes on with what a folder holds; of the past before, watches know nothing. */
  public MemoryObjectStore(int logSize, ObjectLog disk) {
    this.logSize = logSize;
    this.disk = Optional.of(disk);
    this.objects.putAll(disk.found());
    this.revision = disk.revision();
    this.oldest = revision;
  }

  @Override
  public long revision() {
    synchronized (lock) {
      return revision;
    }
  }

  @Override
  public Optional<StoredObject> get(ObjectKey key) {
    synchronized (lock) {
      return Optional.ofNullable(objects.get(key));
    }
  }

  @Override
  public Snapshot list(String resource, String namespace, OptionalLong atRevision) {
    synchronized (lock) {
      NavigableMap<ObjectKey, StoredObject> range = range(resource, namespace);
      if (atRevision.isEmpty() || atRevision.getAsLong() == revision) {
        return new Snapshot(List.copyOf(range.values()), revision);
      }
      long wanted = atRevision.getAsLong();
      requireKnown(wanted);
      NavigableMap<ObjectKey, StoredObject> past = new TreeMap<>(range);
      Iterator<StoreEvent> backwards = log.descendingIterator();
      while (backwards.hasNext()) {
        StoreEvent event = backwards.next();
        if (event.revision() <= wanted) {
          break;
        }
        if (concerns(event.key(), resource, namespace)) {
          event
              .before()
              .ifPresentOrElse(
                  state -> past.put(state.key(), state), () -> past.remove(event.key()));
        }
      }
      return new Snapshot(List.copyOf(past.values()), wanted);
    }
  }

  private NavigableMap<ObjectKey, StoredObject> range(String resource, String namespace) {
    if (namespace.equals(ANY)) {
      return objects.subMap(
          new ObjectKey(resource, "", ""), true, new ObjectKey(resource + "\0", "", ""), false);
    }
    return objects.subMap(
        new ObjectKey(resource, namespace, ""),
        true,
        new ObjectKey(resource, namespace + "\0", ""),
        false);
  }

  @Override
  public Optional<StoredObject> write(ObjectKey key, long expectedRevision, ObjectNode object) {
    synchronized (lock) {
      Optional<StoredObject> before = Optional.ofNullable(objects.get(key));
      if (before.map(StoredObject::revision).orElse(0L) != expectedRevision) {
        return Optional.empty();
      }
      StoredObject after = stamped(key, object);
      keep(after, false);
      objects.put(key, after);
      publish(new StoreEvent(after.revision(), before, after, false));
      return Optional.of(after);
    }
  }

  @Override
  public Optional<StoredObject> delete(ObjectKey key, long expectedRevision, ObjectNode lastState) {
    synchronized (lock) {
      StoredObject before = objects.get(key);
      if (before == null || before.revision() != expectedRevision) {
        return Optional.empty();
      }
      StoredObject after = stamped(key, lastState);
      keep(after, true);
      objects.remove(key);
      publish(new StoreEvent(after.revision(), Optional.of(before), after, true));
      return Optional.of(after);
    }
  }

  private StoredObject stamped(ObjectKey key, ObjectNode object) {
    long next = revision + 1;
    Trees.child(object, "metadata").put("resourceVersion", Long.toString(next));
    return new StoredObject(key, next, TreeSize.of(object), object);
  }

  /** Nobody has seen the change when this fails, and its revision is not used up. */
  private void keep(StoredObject after, boolean deleted) {
    disk.ifPresent(
        log ->
            log.append(
                new LogEntry(
                    after.key(),
                    after.revision(),
                    deleted,
                    deleted ? Trees.object() : after.json())));
    revision = after.revision();
  }

  private void publish(StoreEvent event) {
    log.addLast(event);
    logged += event.after().size();
    while (log.size() > logSize || (logged > MAX_LOGGED && log.size() > 1)) {
      StoreEvent forgotten = log.removeFirst();
      logged -= forgotten.after().size();
      oldest = forgotten.revision();
    }
    for (Listener listener : listeners) {
      listener.offer(event);
    }
    disk.ifPresent(file -> file.compactIfDue(objects.values()));
  }

  @Override
  public Subscription subscribe(
      String resource, String namespace, long afterRevision, Consumer<StoreEvent> consumer) {
    synchronized (lock) {
      requireKnown(afterRevision);
      Listener listener = new Listener(resource, namespace, afterRevision, consumer);
      for (StoreEvent event : new ArrayList<>(log)) {
        listener.offer(event);
      }
      listeners.add(listener);
      return () -> {
        synchronized (lock) {
          listeners.remove(listener);
        }
      };
    }
  }

  private void requireKnown(long wanted) {
    if (wanted < oldest) {
      throw new ExpiredRevision(wanted, oldest);
    }
  }

  private static boolean concerns(ObjectKey key, String resource, String namespace) {
    return (resource.equals(ANY) || key.resource().equals(resource))
        && (namespace.equals(ANY) || key.namespace().equals(namespace));
  }

  private record Listener(
      String resource, String namespace, long after, Consumer<StoreEvent> consumer) {
    void offer(StoreEvent event) {
      if (event.revision() > after && concerns(event.key(), resource, namespace)) {
        consumer.accept(event);
      }
    }
  }
}
