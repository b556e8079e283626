package dev.cocolab.node;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Who may ask a kubelet. The authority of the caller's certificate gives certificates to users too,
 * so that having one is not enough.
 */
@FunctionalInterface
public interface KubeletCallers {
  /**
   * Who asks, as the verified client certificate says.
   *
   * @param user its common name
   * @param groups its organisations
   */
  record Caller(String user, List<String> groups) {
    public Caller {
      Objects.requireNonNull(user, "user");
      groups = List.copyOf(groups);
    }
  }

  /**
   * Whether a request is served; never blocks, and fails for none.
   *
   * @param verb {@code get}, {@code create} and the like, by the HTTP method
   */
  CompletionStage<Boolean> serves(Caller caller, String verb);

  /** One caller alone: an API server that has looked at its rules before it asks. */
  static KubeletCallers only(String commonName) {
    Objects.requireNonNull(commonName, "commonName");
    return (caller, verb) -> CompletableFuture.completedFuture(caller.user().equals(commonName));
  }
}
