package dev.cocolab.evidence.snp;

/**
 * The guest policy a VM was launched with (SEV-SNP firmware ABI, guest policy, 64 bits).
 *
 * @param bits bits 0-7 ABI minor, 8-15 ABI major, 16 SMT allowed, 17 always one, 18 migration agent
 *     allowed, 19 debugging allowed, 20 single socket required
 */
public record GuestPolicy(long bits) {

  public int abiMinor() {
    return (int) (bits & 0xff);
  }

  public int abiMajor() {
    return (int) (bits >> 8 & 0xff);
  }

  public boolean smtAllowed() {
    return bit(16);
  }

  public boolean migrationAgentAllowed() {
    return bit(18);
  }

  public boolean debugAllowed() {
    return bit(19);
  }

  public boolean singleSocketRequired() {
    return bit(20);
  }

  /** The same policy with debugging allowed or not. */
  public GuestPolicy withDebug(boolean allowed) {
    long mask = 1L << 19;
    return new GuestPolicy(allowed ? bits | mask : bits & ~mask);
  }

  private boolean bit(int index) {
    return (bits >> index & 1) == 1;
  }
}
