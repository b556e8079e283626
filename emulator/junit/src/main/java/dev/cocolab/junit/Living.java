package dev.cocolab.junit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * The test doubles that one extension has started. Each lies in the store of the context that it
 * was started in, so that JUnit closes it with that context, and nested classes find it.
 */
final class Living<T extends AutoCloseable> {
  private final Namespace namespace = Namespace.create(this);
  private final List<T> running = new CopyOnWriteArrayList<>();
  private final String what;

  Living(String what) {
    this.what = what;
  }

  /** Starts one in this context, unless it or a context around it has one. */
  void startUnlessThere(ExtensionContext context, Supplier<T> start) {
    if (in(context).isEmpty()) {
      T started = start.get();
      running.add(started);
      context.getStore(namespace).put(what, new Entry<>(started, running));
    }
  }

  /** The one of this context or of one around it. */
  @SuppressWarnings("unchecked") // only startUnlessThere writes into this namespace
  Optional<T> in(ExtensionContext context) {
    return Optional.ofNullable((Entry<T>) context.getStore(namespace).get(what)).map(Entry::value);
  }

  /** The only one that runs now. */
  T only() {
    List<T> now = List.copyOf(running);
    if (now.size() == 1) {
      return now.get(0);
    }
    throw new IllegalStateException(
        now.isEmpty()
            ? "no " + what + " runs outside of tests; is the extension's field static?"
            : "tests run in parallel: take the " + what + " as a parameter");
  }

  private record Entry<T extends AutoCloseable>(T value, List<T> running) implements AutoCloseable {
    @Override
    public void close() throws Exception {
      running.remove(value);
      value.close();
    }
  }
}
