package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * How a deletion is made (metav1.DeleteOptions).
 *
 * @param gracePeriodSeconds time a pod gets to stop; empty for its own
 * @param uid uid the object must have
 * @param resourceVersion version the object must have
 * @param propagation what becomes of objects that this one owns
 * @param dryRun nothing is changed
 */
public record DeleteOptions(
    OptionalLong gracePeriodSeconds,
    Optional<String> uid,
    Optional<String> resourceVersion,
    Propagation propagation,
    boolean dryRun) {

  private static final ApiException.Subject SUBJECT =
      new ApiException.Subject("meta.k8s.io", "DeleteOptions", "");

  /** What becomes of dependents; the garbage collector acts on it. */
  public enum Propagation {
    BACKGROUND,
    FOREGROUND,
    ORPHAN
  }

  /** Reads a body, which may be empty; throws 422 for a propagation policy that is none. */
  public static DeleteOptions parse(JsonNode body) {
    Optional<String> policy = Trees.text(body, "propagationPolicy");
    JsonNode orphan = body.path("orphanDependents");
    Propagation propagation = Propagation.BACKGROUND;
    if (policy.isPresent() && orphan.isBoolean()) {
      throw ApiException.invalid(
          SUBJECT,
          List.of(
              Cause.invalid(
                  "propagationPolicy",
                  policy.get(),
                  "orphanDependents and deletionPropagation cannot be both set")));
    }
    if (policy.isPresent()) {
      propagation = propagation(policy.get());
    } else if (orphan.booleanValue(false)) {
      propagation = Propagation.ORPHAN;
    }
    return new DeleteOptions(
        Trees.number(body, "gracePeriodSeconds"),
        Trees.text(body, "preconditions", "uid"),
        Trees.text(body, "preconditions", "resourceVersion"),
        propagation,
        DryRun.ofDeletion(Trees.texts(body, "dryRun")));
  }

  static Propagation propagation(String policy) {
    if (!Set.of("Background", "Foreground", "Orphan").contains(policy)) {
      throw ApiException.invalid(
          SUBJECT,
          List.of(
              Cause.notSupported(
                  "propagationPolicy",
                  policy,
                  List.of("Foreground", "Background", "Orphan", "nil"))));
    }
    return Propagation.valueOf(policy.toUpperCase(Locale.ROOT));
  }

  /** The same with what a query says, which counts more than the body. */
  public DeleteOptions with(OptionalLong grace, Optional<String> policy, boolean dry) {
    return new DeleteOptions(
        grace.isPresent() ? grace : gracePeriodSeconds,
        uid,
        resourceVersion,
        policy.map(DeleteOptions::propagation).orElse(propagation),
        dry || dryRun);
  }
}
