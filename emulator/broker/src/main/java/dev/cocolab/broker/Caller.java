package dev.cocolab.broker;

import java.util.Objects;

/**
 * Who sent a request, and which one it is.
 *
 * @param requestId the value of the answer's header {@link RequestIds#HEADER}
 * @param peer address of the caller
 */
record Caller(String requestId, String peer) {
  Caller {
    Objects.requireNonNull(requestId, "requestId");
    Objects.requireNonNull(peer, "peer");
  }
}
