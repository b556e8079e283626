package dev.cocolab.azure.fakes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.azure.AzureException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Reads all that is logged during a test, at every level, and fails when a canary is in it. */
public final class CanaryWatch implements BeforeEachCallback, AfterEachCallback {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger root = Logger.getLogger("");

  /** What the JDK's HTTP client and TLS log for their own debugging doubles the time of a test. */
  private final Logger jdk = Logger.getLogger("jdk");

  private final Handler ears = new Ears();
  private Level before;
  private List<Handler> others = List.of();

  @Override
  public void beforeEach(ExtensionContext context) {
    lines.clear();
    before = root.getLevel();
    others = List.of(root.getHandlers());
    others.forEach(root::removeHandler); // the console need not show each line at FINEST
    ears.setLevel(Level.ALL);
    root.addHandler(ears);
    root.setLevel(Level.ALL);
    jdk.setLevel(Level.INFO);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    root.removeHandler(ears);
    root.setLevel(before);
    jdk.setLevel(null);
    others.forEach(root::addHandler);
    assertThat(
            lines.stream().filter(line -> line.contains(FakeEntra.CANARY)).map(CanaryWatch::around))
        .as("logged lines with a secret")
        .isEmpty();
  }

  private static String around(String line) {
    int at = line.indexOf(FakeEntra.CANARY);
    return line.substring(Math.max(0, at - 300), Math.min(line.length(), at + 100));
  }

  public List<String> lines() {
    return lines;
  }

  /** The call fails with this reason; not even its whole stack trace holds a canary. */
  public static AzureException refusal(AzureException.Reason reason, ThrowingCallable call) {
    AzureException e = catchThrowableOfType(AzureException.class, call);
    assertThat(e).as("the call is refused").isNotNull();
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).doesNotContain(FakeEntra.CANARY);
    assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(600);
    return e;
  }

  private final class Ears extends Handler {
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord record) {
      lines.add(formatter.format(record)); // with the stack trace of what was thrown
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
