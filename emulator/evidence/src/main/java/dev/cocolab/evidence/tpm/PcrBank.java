package dev.cocolab.evidence.tpm;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** The SHA-256 bank of a TPM: 24 registers of 32 bytes. Immutable. */
public final class PcrBank {

  /** Number of registers. */
  public static final int COUNT = 24;

  /** Size of a register in bytes. */
  public static final int DIGEST_SIZE = 32;

  private static final int FIRST_LATE_LAUNCH = 17;
  private static final int LAST_LATE_LAUNCH = 22;

  private final byte[][] registers;

  private PcrBank(byte[][] registers) {
    this.registers = registers;
  }

  /**
   * The state after power-on: zero, but 17 to 22 all 0xff (TCG PC Client Platform TPM Profile, PCR
   * attributes).
   */
  public static PcrBank atReset() {
    byte[][] registers = new byte[COUNT][DIGEST_SIZE];
    for (int i = FIRST_LATE_LAUNCH; i <= LAST_LATE_LAUNCH; i++) {
      Arrays.fill(registers[i], (byte) 0xff);
    }
    return new PcrBank(registers);
  }

  /** A bank with these values, PCR 0 first. */
  public static PcrBank of(List<byte[]> values) {
    if (values.size() != COUNT) {
      throw new IllegalArgumentException("a bank has 24 registers, not " + values.size());
    }
    byte[][] registers = new byte[COUNT][];
    for (int i = 0; i < COUNT; i++) {
      registers[i] = digest(values.get(i));
    }
    return new PcrBank(registers);
  }

  /** The bank after an extend: the register becomes SHA-256(register, digest). */
  public PcrBank extend(int pcr, byte[] digest) {
    MessageDigest sha256 = Sha256.start();
    sha256.update(registers[index(pcr)]);
    sha256.update(digest(digest));
    return with(pcr, sha256.digest());
  }

  /** The bank with one register replaced. */
  public PcrBank with(int pcr, byte[] value) {
    byte[][] changed = registers.clone();
    changed[index(pcr)] = digest(value);
    return new PcrBank(changed);
  }

  /** One register, 32 bytes. */
  public byte[] value(int pcr) {
    return registers[index(pcr)].clone();
  }

  /** One register in lower-case hex. */
  public String hex(int pcr) {
    return HexFormat.of().formatHex(registers[index(pcr)]);
  }

  /** All registers, PCR 0 first. */
  public List<byte[]> values() {
    List<byte[]> values = new ArrayList<>(COUNT);
    for (byte[] register : registers) {
      values.add(register.clone());
    }
    return List.copyOf(values);
  }

  /** SHA-256 of all registers in ascending order: what a quote over the whole bank signs. */
  public byte[] digest() {
    MessageDigest sha256 = Sha256.start();
    for (byte[] register : registers) {
      sha256.update(register);
    }
    return sha256.digest();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PcrBank bank && Arrays.deepEquals(registers, bank.registers);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(registers);
  }

  private static int index(int pcr) {
    if (pcr < 0 || pcr >= COUNT) {
      throw new IllegalArgumentException("there is no PCR " + pcr);
    }
    return pcr;
  }

  private static byte[] digest(byte[] value) {
    if (value.length != DIGEST_SIZE) {
      throw new IllegalArgumentException("a SHA-256 register has 32 bytes, not " + value.length);
    }
    return value.clone();
  }
}
