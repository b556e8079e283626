package dev.cocolab.operators.control;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Optional;

/** Receives every change of a watched object in one method. */
@FunctionalInterface
public interface ChangeHandler<T> extends ResourceEventHandler<T> {

  /**
   * Takes note of a change.
   *
   * @param before empty if the object is new to the watch
   * @param after empty if the object is gone
   */
  void changed(Optional<T> before, Optional<T> after);

  @Override
  default void onAdd(T object) {
    changed(Optional.empty(), Optional.of(object));
  }

  @Override
  default void onUpdate(T before, T after) {
    changed(Optional.of(before), Optional.of(after));
  }

  @Override
  default void onDelete(T object, boolean finalStateUnknown) {
    changed(Optional.of(object), Optional.empty());
  }
}
