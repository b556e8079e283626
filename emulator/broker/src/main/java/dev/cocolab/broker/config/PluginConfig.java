package dev.cocolab.broker.config;

import dev.cocolab.broker.nebula.NebulaAuthority;

/** One entry of {@code [[plugins]]}. */
public sealed interface PluginConfig {
  /** Resources in the broker's storage ({@code storage_backend_type = "kvstorage"}). */
  record Resource() implements PluginConfig {}

  /**
   * The plugin {@code sample}.
   *
   * @param item required, and used for nothing
   */
  record Sample(String item) implements PluginConfig {}

  /**
   * The plugin {@code provisioner}.
   *
   * @param keyLength characters of a disk key, 1 to 1024
   */
  record Provisioner(int keyLength) implements PluginConfig {}

  /**
   * The plugin {@code nebula-ca}.
   *
   * @param workDirectory holds the authority in {@code ca/ca.crt} and {@code ca/ca.key}
   * @param authority what a fresh authority is to be
   */
  record NebulaCa(String workDirectory, NebulaAuthority.Profile authority)
      implements PluginConfig {}
}
