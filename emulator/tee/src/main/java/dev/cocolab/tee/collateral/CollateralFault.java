package dev.cocolab.tee.collateral;

import java.time.Duration;
import java.util.Objects;

/** What can be wrong with a collateral service. */
public sealed interface CollateralFault {

  /** The connection ends without an answer. */
  record Outage() implements CollateralFault {}

  /** The answer comes late. */
  record Slow(Duration delay) implements CollateralFault {
    public Slow {
      Objects.requireNonNull(delay, "delay");
    }
  }

  /** Status 429: the client is to come back after so long, in whole seconds. */
  record TooManyRequests(Duration retryAfter) implements CollateralFault {
    public TooManyRequests {
      Objects.requireNonNull(retryAfter, "retryAfter");
    }
  }

  /** An answer with this status and nothing of use. */
  record Failure(int status) implements CollateralFault {
    public Failure {
      if (status < 400 || status > 599) {
        throw new IllegalArgumentException("a failure has a status from 400 to 599, not " + status);
      }
    }
  }

  /** The document is not whole: its last byte is missing. */
  record Truncated() implements CollateralFault {}
}
