package dev.cocolab.node.pod;

/** Takes the events of one pod, in order. */
@FunctionalInterface
public interface EventSink {
  /** Severity as Kubernetes has it. */
  enum Type {
    NORMAL("Normal"),
    WARNING("Warning");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    /** The word in the event object. */
    public String word() {
      return word;
    }
  }

  /**
   * Records an event.
   *
   * @param fieldPath which part of the pod, such as {@code spec.containers{app}}; empty for all
   */
  void record(Type type, String reason, String message, String fieldPath);

  /** An event of the whole pod. */
  default void record(Type type, String reason, String message) {
    record(type, reason, message, "");
  }
}
