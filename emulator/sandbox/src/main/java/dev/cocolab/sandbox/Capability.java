package dev.cocolab.sandbox;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Linux capabilities that a container may hold (capabilities(7)); all others are refused. */
public enum Capability {
  CHOWN(0),
  DAC_OVERRIDE(1),
  FOWNER(3),
  FSETID(4),
  KILL(5),
  SETGID(6),
  SETUID(7),
  SETPCAP(8),
  NET_BIND_SERVICE(10),
  NET_RAW(13),
  SYS_CHROOT(18),
  AUDIT_WRITE(29),
  SETFCAP(31);

  private final int bit;

  Capability(int bit) {
    this.bit = bit;
  }

  /** The nine that CRI-O gives when a manifest says nothing (crio.conf, default_capabilities). */
  public static Set<Capability> defaults() {
    return EnumSet.range(CHOWN, NET_BIND_SERVICE);
  }

  /**
   * Reads a name as manifests write it, with or without {@code CAP_}, in any case.
   *
   * @throws SandboxException CAPABILITY if the name is unknown or not granted here
   */
  public static Capability of(String name) {
    String plain = name.toUpperCase(Locale.ROOT);
    plain = plain.startsWith("CAP_") ? plain.substring(4) : plain;
    for (Capability capability : values()) {
      if (capability.name().equals(plain)) {
        return capability;
      }
    }
    throw new SandboxException(
        SandboxException.Reason.CAPABILITY, "The capability " + name + " is not granted here.");
  }

  static long mask(Set<Capability> capabilities) {
    long mask = 0;
    for (Capability capability : capabilities) {
      mask |= 1L << capability.bit;
    }
    return mask;
  }
}
