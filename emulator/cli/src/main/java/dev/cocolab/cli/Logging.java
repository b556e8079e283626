package dev.cocolab.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Sends the log to stderr, one line a record. {@code COCOLAB_LOG} sets the level: {@code warn} (the
 * default), {@code info} or {@code debug}. Stack traces only at {@code debug}.
 */
final class Logging {
  /** Held here because java.util.logging forgets the level of a logger that nobody holds. */
  private static final Logger ROOT = Logger.getLogger("");

  /**
   * Libraries that report as a problem what is none here: our own API is v1alpha1, and labs end.
   * Azure's log pages about each failure that a command then says in one sentence.
   */
  private static final List<Logger> TALKATIVE =
      Stream.of(
              "io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils",
              "io.fabric8.kubernetes.client.informers.impl.cache.Reflector",
              "io.netty.util.concurrent.DefaultPromise.rejectedExecution",
              "com.azure",
              "com.microsoft.aad.msal4j",
              "com.github.dockerjava",
              "org.testcontainers",
              "tc")
          .map(Logger::getLogger)
          .toList();

  private Logging() {}

  static void configure(Map<String, String> environment) {
    String wanted = environment.getOrDefault("COCOLAB_LOG", "warn").toLowerCase(Locale.ROOT);
    Level level =
        switch (wanted) {
          case "warn" -> Level.WARNING;
          case "info" -> Level.INFO;
          case "debug" -> Level.FINE;
          default ->
              throw new CliException(
                  ExitCode.USAGE,
                  "COCOLAB_LOG is '%s'; it takes warn, info or debug".formatted(wanted));
        };
    for (Handler handler : ROOT.getHandlers()) {
      ROOT.removeHandler(handler);
    }
    Handler handler = new ConsoleHandler();
    handler.setLevel(level);
    handler.setFilter(record -> level.equals(Level.FINE) || !isClosedWatch(record.getThrown()));
    handler.setFormatter(new OneLine(level.equals(Level.FINE)));
    ROOT.addHandler(handler);
    ROOT.setLevel(level);
    if (!level.equals(Level.FINE)) {
      TALKATIVE.forEach(logger -> logger.setLevel(Level.OFF));
    }
  }

  /** The Kubernetes client asks a watch that it has just closed for more. */
  private static boolean isClosedWatch(Throwable thrown) {
    return thrown instanceof IllegalStateException
        && "WebSocket is closed".equals(thrown.getMessage());
  }

  private static final class OneLine extends Formatter {
    private final boolean traces;

    private OneLine(boolean traces) {
      this.traces = traces;
    }

    @Override
    public String format(LogRecord record) {
      StringBuilder line = new StringBuilder(160);
      line.append(record.getInstant())
          .append(' ')
          .append(record.getLevel())
          .append(' ')
          .append(record.getLoggerName())
          .append(": ")
          .append(formatMessage(record));
      Throwable thrown = record.getThrown();
      if (thrown != null) {
        line.append(": ").append(thrown);
        if (traces) {
          for (StackTraceElement element : thrown.getStackTrace()) {
            line.append("\n    at ").append(element);
          }
        }
      }
      return line.append('\n').toString();
    }
  }
}
