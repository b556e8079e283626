package dev.cocolab.node.forward;

import dev.cocolab.node.pod.Timers;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The error and the data stream of one connection. */
final class StreamPair {
  private final String requestId;
  private int errorStream;
  private int dataStream;
  private boolean errorsUnwanted;
  private Optional<ForwardedConnection> connection = Optional.empty();
  private Optional<Timers.Planned> alarm = Optional.empty();
  private int credit;
  private boolean creditUnderway;

  StreamPair(String requestId) {
    this.requestId = requestId;
  }

  String requestId() {
    return requestId;
  }

  /** Takes a stream; false if there is one of its type. */
  boolean add(StreamHeaders.Type type, int id) {
    boolean error = type == StreamHeaders.Type.ERROR;
    if ((error ? errorStream : dataStream) != 0) {
      return false;
    }
    if (error) {
      errorStream = id;
    } else {
      dataStream = id;
    }
    return true;
  }

  boolean isComplete() {
    return errorStream != 0 && dataStream != 0;
  }

  int errorStream() {
    return errorStream;
  }

  int dataStream() {
    return dataStream;
  }

  Stream<Integer> ids() {
    return IntStream.of(errorStream, dataStream).filter(id -> id != 0).boxed();
  }

  void complete(ForwardedConnection made) {
    endAlarm();
    connection = Optional.of(made);
  }

  Optional<ForwardedConnection> connection() {
    return connection;
  }

  void silenceErrors() {
    errorsUnwanted = true;
  }

  boolean takesErrors() {
    return !errorsUnwanted;
  }

  void alarm(Timers.Planned planned) {
    endAlarm();
    alarm = Optional.of(planned);
  }

  void endAlarm() {
    alarm.ifPresent(Timers.Planned::cancel);
    alarm = Optional.empty();
  }

  /** Bytes of the client that the pod has taken and the client does not know of. */
  int credit() {
    return credit;
  }

  void credit(int bytes) {
    credit += bytes;
  }

  /** All that is to be told, unless an earlier update has not left yet. */
  OptionalInt takeCredit() {
    if (creditUnderway) {
      return OptionalInt.empty();
    }
    int all = credit;
    credit = 0;
    creditUnderway = true;
    return OptionalInt.of(all);
  }

  void creditGiven() {
    creditUnderway = false;
  }
}
