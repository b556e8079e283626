package dev.cocolab.apiserver.registry;

/**
 * Where a scalable object keeps its numbers: dotted paths with a leading dot.
 *
 * @param specReplicas for example {@code .spec.replicas}
 * @param statusReplicas for example {@code .status.replicas}
 * @param selector a label selector (object or string), empty when there is none
 */
public record ScalePaths(String specReplicas, String statusReplicas, String selector) {
  static final ScalePaths WORKLOAD =
      new ScalePaths(".spec.replicas", ".status.replicas", ".spec.selector");
}
