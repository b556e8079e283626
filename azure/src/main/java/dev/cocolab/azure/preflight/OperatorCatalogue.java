package dev.cocolab.azure.preflight;

import java.util.Optional;

/**
 * Whether the cluster can install the operators. Asked of the cluster, so it is implemented where
 * there is a Kubernetes client.
 */
@FunctionalInterface
public interface OperatorCatalogue {
  /**
   * Looks.
   *
   * @return what is missing, in words: a catalogue source that is not ready, a package that it does
   *     not have, a pull secret without {@code registry.redhat.io}; empty when all is there
   * @throws dev.cocolab.azure.AzureException when the cluster cannot be asked
   */
  Optional<String> missing();
}
