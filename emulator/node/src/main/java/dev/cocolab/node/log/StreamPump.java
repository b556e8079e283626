package dev.cocolab.node.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves one output stream of a container into its log. */
public final class StreamPump implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(StreamPump.class);

  private final InputStream source;
  private final String stream;
  private final ContainerLog target;
  private final BooleanSupplier readable;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /**
   * A pump that ends with its stream.
   *
   * @param stream stdout or stderr
   * @param readable asked for every piece that was read; what may not be read is lost, but the
   *     container never blocks
   */
  public StreamPump(
      InputStream source, String stream, ContainerLog target, BooleanSupplier readable) {
    this.source = source;
    this.stream = stream;
    this.target = target;
    this.readable = readable;
  }

  @Override
  public void run() {
    byte[] buffer = new byte[32768];
    try (source) {
      for (int count = source.read(buffer); count >= 0; count = source.read(buffer)) {
        if (readable.getAsBoolean()) {
          take(buffer, count);
        }
      }
    } catch (IOException e) {
      log.debug("{} ended: {}", stream, e.toString());
    }
    if (line.size() > 0) {
      emit(false);
    }
  }

  private void take(byte[] buffer, int count) {
    for (int i = 0; i < count; i++) {
      if (buffer[i] == '\n') {
        emit(true);
      } else {
        line.write(buffer[i]);
        if (line.size() >= ContainerLog.MAX_LINE) {
          emit(false);
        }
      }
    }
    // What a program prints without a newline, such as a prompt, is shown at once.
    byte[] rest = line.toByteArray();
    int whole = wholeCharacters(rest);
    if (whole > 0) {
      line.reset();
      line.write(rest, 0, whole);
      emit(false);
      line.write(rest, whole, rest.length - whole);
    }
  }

  /** Length without a UTF-8 sequence that is cut off at the end. */
  static int wholeCharacters(byte[] text) {
    int start = text.length - 1;
    while (start >= 0 && start > text.length - 4 && (text[start] & 0xC0) == 0x80) {
      start--;
    }
    if (start < 0 || (text[start] & 0xC0) != 0xC0) {
      return text.length;
    }
    int lead = text[start] & 0xFF;
    int needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    return text.length - start < needed ? start : text.length;
  }

  private void emit(boolean complete) {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    target.add(stream, text, complete);
  }
}
