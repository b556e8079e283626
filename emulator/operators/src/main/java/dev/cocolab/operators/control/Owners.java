package dev.cocolab.operators.control;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Optional;

/** Owner references: who made an object, and whose death takes it along. */
public final class Owners {

  private Owners() {}

  /** The one owner that controls the object. */
  public static Optional<OwnerReference> controllerOf(HasMetadata object) {
    return references(object).stream()
        .filter(r -> Boolean.TRUE.equals(r.getController()))
        .findFirst();
  }

  public static boolean isControlledBy(HasMetadata object, HasMetadata owner) {
    return controllerOf(object)
        .filter(r -> r.getUid().equals(owner.getMetadata().getUid()))
        .isPresent();
  }

  public static List<OwnerReference> references(HasMetadata object) {
    List<OwnerReference> references = object.getMetadata().getOwnerReferences();
    return references == null ? List.of() : references;
  }

  /**
   * A reference that says that {@code owner} controls the object and waits for its end when it is
   * deleted in the foreground.
   */
  public static OwnerReference controlledBy(HasMetadata owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }
}
