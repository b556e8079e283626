package dev.cocolab.steps.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something when a signal comes, before the JVM begins to end. The JDK's only interface to
 * signals, {@code sun.misc.Signal} of the module {@code jdk.unsupported}, is one that javac warns
 * of whatever it is told, and warnings end our build; hence by reflection. A signal that whoever
 * started the program has it ignore stays ignored.
 */
final class Signals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final String SIGNAL = "sun.misc.Signal";
  private static final String HANDLER = "sun.misc.SignalHandler";

  private final Map<String, Object> before = new LinkedHashMap<>();

  private Signals() {}

  /**
   * From now on, until it is closed.
   *
   * @param names without {@code SIG}
   * @param action runs on a thread of its own
   */
  static Signals on(List<String> names, Runnable action) {
    Signals signals = new Signals();
    for (String name : names) {
      try {
        Class<?> type = Class.forName(HANDLER);
        signals.before.put(
            name,
            handle(
                name,
                Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (self, method, arguments) -> {
                      action.run();
                      return null;
                    })));
      } catch (ReflectiveOperationException e) {
        // With -Xrs, or on another JVM; then the signal ends the program as it always did.
        LOG.debug("cannot hear the signal {}", name, e);
      }
    }
    return signals;
  }

  /** Returns what handled the signal before. */
  private static Object handle(String name, Object handler) throws ReflectiveOperationException {
    Class<?> signal = Class.forName(SIGNAL);
    return signal
        .getMethod("handle", signal, Class.forName(HANDLER))
        .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
  }

  @Override
  public void close() {
    before.forEach(
        (name, handler) -> {
          try {
            handle(name, handler);
          } catch (InvocationTargetException e) {
            throw new IllegalStateException(
                "cannot give the signal %s back".formatted(name), e.getCause());
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot give the signal %s back".formatted(name), e);
          }
        });
  }
}
