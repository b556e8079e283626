package dev.cocolab.tee;

import java.security.KeyPair;

/**
 * Where a vTPM gets its RSA-2048 keys from. Implementations are safe for use by several threads.
 */
@FunctionalInterface
public interface RsaKeys {

  /** A key pair with exponent 65537 that nobody else was given. */
  KeyPair take();
}
