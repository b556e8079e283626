package dev.cocolab.apiserver.resource;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A check of what is about to be stored that depends on who writes it. */
@FunctionalInterface
public interface WriteGuard {

  /**
   * Throws {@link dev.cocolab.apiserver.status.ApiException} 403 for a state that this writer must
   * not make.
   *
   * @param before empty for a new object
   * @param after not to be changed
   */
  void check(Target target, Optional<ObjectNode> before, ObjectNode after);

  /** For writers that nothing is held against. */
  static WriteGuard none() {
    return (target, before, after) -> {};
  }
}
