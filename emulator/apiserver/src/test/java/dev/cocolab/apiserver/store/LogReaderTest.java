package dev.cocolab.apiserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.ApiServerException;
import dev.cocolab.apiserver.ApiServerException.Reason;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Reading records: what was cut off is missed, what was changed is noticed. */
class LogReaderTest {
  private static final int TRIES = 500;

  /** Records that were read, and how the reading ended. */
  private record Read(List<byte[]> records, int end) {}

  @Provide
  Arbitrary<List<byte[]>> payloads() {
    Arbitrary<Byte> anything = Arbitraries.bytes();
    Arbitrary<Byte> mostlyZero =
        Arbitraries.frequencyOf(Tuple.of(9, Arbitraries.just((byte) 0)), Tuple.of(1, anything));
    return Arbitraries.oneOf(
            anything.array(byte[].class).ofMinSize(1).ofMaxSize(40),
            mostlyZero.array(byte[].class).ofMinSize(1).ofMaxSize(1400))
        .list()
        .ofMinSize(1)
        .ofMaxSize(8);
  }

  @Property(tries = TRIES)
  void aPrefixOfALogIsAPrefixOfItsRecords(
      @ForAll("payloads") List<byte[]> payloads, @ForAll double share) {
    byte[] log = log(payloads);
    int length = at(share, log.length + 1);
    int complete = 0;
    int bytes = 0;
    while (complete < payloads.size() && bytes + size(payloads.get(complete)) <= length) {
      bytes += size(payloads.get(complete));
      complete++;
    }

    Read read = read(Arrays.copyOf(log, length));

    assertThat(read.end()).isEqualTo(bytes);
    assertThat(read.records()).containsExactlyElementsOf(payloads.subList(0, complete));
  }

  @Property(tries = TRIES)
  void aChangedByteBeforeTheLastRecordIsNoticed(
      @ForAll("payloads") List<byte[]> payloads, @ForAll double share, @ForAll byte change) {
    List<byte[]> more = new ArrayList<>(payloads);
    more.add(new byte[] {1});
    byte[] log = log(more);
    int before = log.length - size(new byte[] {1});
    log[at(share, before)] ^= change == 0 ? 1 : change;

    assertThatThrownBy(() -> read(log))
        .isInstanceOfSatisfying(
            ApiServerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_CORRUPT));
  }

  @Property(tries = TRIES)
  void zerosAfterALogAreAnUnfinishedWrite(
      @ForAll("payloads") List<byte[]> payloads, @ForAll double share) {
    byte[] log = log(payloads);

    Read read = read(Arrays.copyOf(log, log.length + at(share, 4096)));

    assertThat(read.end()).isEqualTo(log.length);
    assertThat(read.records()).containsExactlyElementsOf(payloads);
  }

  private static Read read(byte[] log) {
    List<byte[]> records = new ArrayList<>();
    int offset = 0;
    for (Optional<byte[]> next = LogFrame.read(log, offset);
        next.isPresent();
        next = LogFrame.read(log, offset)) {
      records.add(next.get());
      offset += size(next.get());
    }
    return new Read(records, offset);
  }

  private static byte[] log(List<byte[]> payloads) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    payloads.forEach(payload -> out.writeBytes(LogFrame.of(payload)));
    return out.toByteArray();
  }

  private static int size(byte[] payload) {
    return LogFrame.HEADER + payload.length;
  }

  private static int at(double share, int length) {
    return Math.min(length - 1, (int) (Math.abs(share) % 1.0 * length));
  }
}
