package dev.cocolab.tee;

import dev.cocolab.evidence.tpm.PcrBank;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A pod VM image with the measurements its vendor publishes.
 *
 * @param name name and release
 * @param pcrs values of the SHA-256 registers after boot, before initdata; registers that are
 *     absent keep their value at reset
 * @param launchMeasurement launch digest of the guest firmware, 48 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; equality is by content
public record BootImage(String name, Map<Integer, byte[]> pcrs, byte[] launchMeasurement) {

  private static final int LAUNCH_DIGEST_SIZE = 48;

  /**
   * What firmware measures between its own work and that of the boot loader: EV_SEPARATOR, four
   * zero bytes.
   */
  private static final byte[] SEPARATOR = new byte[4];

  public BootImage {
    Objects.requireNonNull(name, "name");
    if (launchMeasurement.length != LAUNCH_DIGEST_SIZE) {
      throw new IllegalArgumentException("a launch digest has 48 bytes");
    }
    launchMeasurement = launchMeasurement.clone();
    SortedMap<Integer, byte[]> copy = new TreeMap<>();
    PcrBank reset = PcrBank.atReset();
    pcrs.forEach((pcr, value) -> copy.put(pcr, reset.with(pcr, value).value(pcr)));
    pcrs = Collections.unmodifiableSortedMap(copy);
  }

  /**
   * The image of the lab. Its registers are made by extending the digests of named components in
   * the way firmware, boot loader and a unified kernel image do: 0 to 7 firmware, 9, 11 and 12
   * kernel image, its sections and its command line, 14 the machine owner keys.
   */
  public static BootImage defaultPodVm() {
    PcrBank bank = PcrBank.atReset();
    for (int pcr : new int[] {0, 1, 4, 5, 6}) {
      bank = bank.extend(pcr, sha256("CoCoLab pod VM firmware, register " + pcr));
    }
    for (int pcr = 0; pcr <= 7; pcr++) {
      byte[] measured = pcr == 7 ? text("CoCoLab secure boot variables") : SEPARATOR;
      bank = bank.extend(pcr, sha256(measured));
    }
    bank = bank.extend(9, sha256("CoCoLab pod VM initrd"));
    for (String section : new String[] {".linux", ".osrel", ".cmdline", ".initrd", ".uname"}) {
      bank = bank.extend(11, sha256("CoCoLab pod VM kernel image " + section));
    }
    bank = bank.extend(12, sha256("CoCoLab pod VM kernel command line"));
    bank = bank.extend(14, sha256("CoCoLab machine owner keys"));
    SortedMap<Integer, byte[]> values = new TreeMap<>();
    for (int pcr : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 14}) {
      values.put(pcr, bank.value(pcr));
    }
    return new BootImage("cocolab-podvm", values, sha384("CoCoLab pod VM guest firmware"));
  }

  /**
   * The same image with another value in one register, as after a change of what is measured into
   * it.
   */
  public BootImage withPcr(int pcr, byte[] value) {
    SortedMap<Integer, byte[]> changed = new TreeMap<>(pcrs);
    changed.put(pcr, value);
    return new BootImage(name, changed, launchMeasurement);
  }

  /** The same image started by other guest firmware. */
  public BootImage withLaunchMeasurement(byte[] measurement) {
    return new BootImage(name, pcrs, measurement);
  }

  /** Register values by number; the arrays are copies. */
  @Override
  public Map<Integer, byte[]> pcrs() {
    SortedMap<Integer, byte[]> copy = new TreeMap<>();
    pcrs.forEach((pcr, value) -> copy.put(pcr, value.clone()));
    return copy;
  }

  /** A register after boot in lower-case hex, as in reference values. */
  public String pcrHex(int pcr) {
    return bootedBank().hex(pcr);
  }

  @Override
  public byte[] launchMeasurement() {
    return launchMeasurement.clone();
  }

  /** The whole bank after boot, before initdata. */
  public PcrBank bootedBank() {
    PcrBank bank = PcrBank.atReset();
    for (Map.Entry<Integer, byte[]> entry : pcrs.entrySet()) {
      bank = bank.with(entry.getKey(), entry.getValue());
    }
    return bank;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BootImage image
        && name.equals(image.name)
        && bootedBank().equals(image.bootedBank())
        && MessageDigest.isEqual(launchMeasurement, image.launchMeasurement);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, bootedBank());
  }

  @Override
  public String toString() {
    return name + " " + HexFormat.of().formatHex(launchMeasurement, 0, Long.BYTES);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] sha256(String text) {
    return sha256(text(text));
  }

  private static byte[] sha256(byte[] data) {
    return digest("SHA-256", data);
  }

  private static byte[] sha384(String text) {
    return digest("SHA-384", text(text));
  }

  private static byte[] digest(String algorithm, byte[] data) {
    try {
      return MessageDigest.getInstance(algorithm).digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no " + algorithm + " in this Java platform", e);
    }
  }
}
