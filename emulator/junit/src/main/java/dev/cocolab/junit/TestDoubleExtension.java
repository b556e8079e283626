package dev.cocolab.junit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts a test double for a class or for each method. Each lies in the store of the context that
 * it was started in, so that JUnit closes it with that context, and nested classes find it.
 */
abstract sealed class TestDoubleExtension<T extends AutoCloseable>
    implements BeforeAllCallback, BeforeEachCallback, ParameterResolver
    permits CocoLabExtension, TrusteeExtension {
  private final Namespace namespace = Namespace.create(this);
  private final List<T> running = new CopyOnWriteArrayList<>();
  private final String what;
  private final Lifecycle lifecycle;

  TestDoubleExtension(String what, Lifecycle lifecycle) {
    this.what = what;
    this.lifecycle = lifecycle;
  }

  /** Starts one, or aborts the tests of this context. */
  abstract T start(ExtensionContext context);

  @Override
  public final void beforeAll(ExtensionContext context) {
    if (lifecycle == Lifecycle.PER_CLASS) {
      startUnlessThere(context);
    }
  }

  @Override
  public final void beforeEach(ExtensionContext context) {
    startUnlessThere(context);
  }

  private void startUnlessThere(ExtensionContext context) {
    if (in(context).isEmpty()) {
      T started = start(context);
      running.add(started);
      context.getStore(namespace).put(what, new Entry<>(started, running));
    }
  }

  /** The one of this context or of one around it. */
  @SuppressWarnings("unchecked") // only startUnlessThere writes into this namespace
  final Optional<T> in(ExtensionContext context) {
    return Optional.ofNullable((Entry<T>) context.getStore(namespace).get(what)).map(Entry::value);
  }

  /** The only one that runs now. */
  final T only() {
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
