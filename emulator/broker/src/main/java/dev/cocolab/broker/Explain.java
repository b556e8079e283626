package dev.cocolab.broker;

import java.util.List;

/** Turns what the journal recorded into reasons. Pure: the same record gives the same answer. */
public final class Explain {
  private Explain() {}

  /** Why evidence was refused, or which claims keep an appraisal from being affirming. */
  public static Explanation explain(Appraisal appraisal) {
    return new Explanation("refused", "", List.of());
  }

  /** Why a request for a resource was granted or denied. */
  public static Explanation explain(Access access) {
    return new Explanation("denied", "", List.of());
  }
}
