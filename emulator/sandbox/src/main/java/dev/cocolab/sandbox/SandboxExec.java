package dev.cocolab.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that was started in a container for somebody outside. It ends with its container, with
 * the JVM, and when {@link #kill} is called. Both streams must be read, otherwise the process
 * blocks when a pipe is full.
 */
public final class SandboxExec {
  private static final Logger log = LoggerFactory.getLogger(SandboxExec.class);
  private static final int CHUNK = 32 * 1024;

  private final SandboxContainer process;
  private final OutputStream orders;

  SandboxExec(SandboxContainer process, OutputStream orders) {
    this.process = Objects.requireNonNull(process, "process");
    this.orders = Objects.requireNonNull(orders, "orders");
  }

  public InputStream stdout() {
    return process.stdout();
  }

  /** Empty for a process with a terminal. */
  public InputStream stderr() {
    return process.stderr();
  }

  /** As {@link SandboxContainer#exited}. */
  public CompletionStage<Integer> exited() {
    return process.exited();
  }

  /**
   * Gives the process input. Blocks while it does not read; {@link #kill} from another thread ends
   * that. What comes after the end of the process is dropped.
   */
  public void write(byte[] data) {
    for (int from = 0; from < data.length; from += CHUNK) {
      int count = Math.min(CHUNK, data.length - from);
      byte[] head = ("D " + count + "\n").getBytes(StandardCharsets.US_ASCII);
      byte[] order = new byte[head.length + count];
      System.arraycopy(head, 0, order, 0, head.length);
      System.arraycopy(data, from, order, head.length, count);
      order(order);
    }
  }

  /** The process reads the end of its input after what was written before. */
  public void closeInput() {
    order("E\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** Changes the size of its terminal; without one nothing happens. */
  public void resize(ExecSpec.TerminalSize size) {
    order(("W " + size.rows() + " " + size.columns() + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Ends the process at once, whether it reads its input or not. */
  public void kill() {
    process.destroy();
  }

  private void order(byte[] order) {
    try {
      synchronized (orders) {
        orders.write(order);
        orders.flush();
      }
    } catch (IOException e) {
      log.debug("a process of {} has ended before it was told something", process.id());
    }
  }
}
