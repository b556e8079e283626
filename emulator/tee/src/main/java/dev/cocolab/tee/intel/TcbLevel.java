package dev.cocolab.tee.intel;

import java.time.LocalDate;
import java.util.List;
import java.util.Objects;

/**
 * A row of TCB info: platforms that reach these versions have this status.
 *
 * @param tcb lowest versions; that of the quoting enclave does not count here
 * @param date when the level was published
 * @param status in Intel's words, such as {@code UpToDate} or {@code OutOfDate}
 * @param advisories identifiers of what the level is open to
 */
public record TcbLevel(PlatformTcb tcb, LocalDate date, String status, List<String> advisories) {

  public TcbLevel {
    Objects.requireNonNull(tcb, "tcb");
    Objects.requireNonNull(date, "date");
    Objects.requireNonNull(status, "status");
    advisories = List.copyOf(advisories);
  }

  /** The same level with another status. */
  public TcbLevel withStatus(String other, String... open) {
    return new TcbLevel(tcb, date, other, List.of(open));
  }
}
