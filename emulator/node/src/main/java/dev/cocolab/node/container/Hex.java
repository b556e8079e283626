package dev.cocolab.node.container;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Identifiers as container runtimes make them. */
final class Hex {
  private static final int BYTES = 32;

  private Hex() {}

  /** 64 hexadecimal digits. */
  static String random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
