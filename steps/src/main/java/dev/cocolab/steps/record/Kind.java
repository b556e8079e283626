package dev.cocolab.steps.record;

/** What is observed of a target. */
public enum Kind {
  /** An event of the pod: type, reason and message. */
  EVENT("events"),
  /** A line of Trustee's log since the pod was applied. */
  TRUSTEE_LOG("trusteeLog"),
  /** The message of a Status with which the API server refused something. */
  STATUS("statuses"),
  /** One claim of the last verified evidence, {@code path = value}. */
  CLAIM("claims"),
  /** One PCR of the last verified evidence, {@code path = value}; its digest is kept. */
  PCR("pcrs");

  private final String member;

  Kind(String member) {
    this.member = member;
  }

  /** Name of the member of a recording that lists these. */
  public String member() {
    return member;
  }
}
