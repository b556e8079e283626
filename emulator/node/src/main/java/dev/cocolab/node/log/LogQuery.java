package dev.cocolab.node.log;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Which part of a log is wanted.
 *
 * @param tailLines only that many of the last lines
 * @param since only lines at or after this time
 * @param timestamps whether each line begins with its time
 * @param follow whether to wait for further lines until the container ends
 * @param limitBytes at most that many bytes
 */
public record LogQuery(
    OptionalInt tailLines,
    Optional<Instant> since,
    boolean timestamps,
    boolean follow,
    OptionalLong limitBytes) {

  /** Rejects null parts. */
  public LogQuery {
    Objects.requireNonNull(tailLines, "tailLines");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(limitBytes, "limitBytes");
  }

  /** Everything there is now. */
  public static LogQuery all() {
    return new LogQuery(OptionalInt.empty(), Optional.empty(), false, false, OptionalLong.empty());
  }

  /** Only what comes from now on, until the end. */
  public static LogQuery followingFromNow() {
    return new LogQuery(OptionalInt.of(0), Optional.empty(), false, true, OptionalLong.empty());
  }

  /** The last lines. */
  public static LogQuery tail(int lines) {
    return new LogQuery(
        OptionalInt.of(lines), Optional.empty(), false, false, OptionalLong.empty());
  }
}
