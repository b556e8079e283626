package dev.cocolab.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Durations from a microsecond to an hour with three digits; longer ones count as an hour. Safe for
 * use by several threads while it is recorded to; to be read when that is over.
 */
public final class Latencies {
  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 3;

  private final Histogram histogram;

  private Latencies(Histogram histogram) {
    this.histogram = histogram;
  }

  static Latencies empty() {
    return new Latencies(new ConcurrentHistogram(LONGEST_MICROS, DIGITS));
  }

  /** Counts one; less than a microsecond counts as one. */
  void record(long nanos) {
    record(nanos, 1);
  }

  /** Counts so many of the same. */
  void record(long nanos, long count) {
    histogram.recordValueWithCount(Math.max(1, Math.min(nanos / 1000, LONGEST_MICROS)), count);
  }

  /** How many were recorded. */
  public long count() {
    return histogram.getTotalCount();
  }

  /** Milliseconds that so many percent did not exceed; 0 when nothing was recorded. */
  public double percentileMillis(double percent) {
    return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percent) / 1e3;
  }

  /** The longest, milliseconds; 0 when nothing was recorded. */
  public double maxMillis() {
    return histogram.getTotalCount() == 0 ? 0 : histogram.getMaxValue() / 1e3;
  }

  /** Both together. */
  public Latencies and(Latencies other) {
    Histogram sum = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);
    sum.add(histogram);
    sum.add(other.histogram);
    return new Latencies(sum);
  }

  /** HdrHistogram's compressed form in base64, as its own tools read it; unit microseconds. */
  public String toBase64() {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  /**
   * Reads what {@link #toBase64} wrote.
   *
   * @throws IllegalArgumentException when it is no such text
   */
  public static Latencies ofBase64(String text) {
    try {
      Histogram read =
          Histogram.decodeFromCompressedByteBuffer(
              ByteBuffer.wrap(Base64.getDecoder().decode(text)), LONGEST_MICROS);
      return empty().and(new Latencies(read));
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("not a compressed histogram", e);
    }
  }
}
