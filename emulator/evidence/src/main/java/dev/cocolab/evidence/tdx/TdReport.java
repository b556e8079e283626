package dev.cocolab.evidence.tdx;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A TDREPORT: 1024 bytes that the TDX module makes for this machine's quoting enclave (Intel TDX
 * module base specification, "TDREPORT_STRUCT"). REPORTMACSTRUCT at 0, TEE_TCB_INFO (239 bytes) at
 * 256, TDINFO (512 bytes) at 512. Only the processor can check its MAC.
 */
public final class TdReport {
  /** How many bytes it has. */
  public static final int SIZE = 1024;

  private static final int MAC = 224;
  private static final int MAC_SIZE = 32;
  private static final int TCB_INFO = 256;
  private static final int TCB_INFO_SIZE = 239;
  private static final int TD_INFO = 512;
  private static final int TD_INFO_SIZE = 512;
  private static final int TCB_INFO_HASH = 32;
  private static final int TD_INFO_HASH = 80;
  private static final int REPORT_DATA = 128;
  private static final int CPU_SVN = 16;
  private static final byte[] VALID = {(byte) 0xff, 0x01, 0x03, 0, 0, 0, 0, 0};

  private final byte[] bytes;

  private TdReport(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The report that a quote with this body is made from.
   *
   * @param cpuSvn 16 bytes
   * @param mac 32 bytes
   */
  public static TdReport of(TdBody body, byte[] cpuSvn, byte[] mac) {
    byte[] out = new byte[SIZE];
    out[0] = (byte) QuoteHeader.TDX;
    put(out, CPU_SVN, cpuSvn, 16);
    put(out, TCB_INFO, VALID, VALID.length);
    copy(body, TdField.TCB_SVN, out, TCB_INFO + 8);
    copy(body, TdField.MR_SEAM, out, TCB_INFO + 24);
    copy(body, TdField.MRSIGNER_SEAM, out, TCB_INFO + 72);
    copy(body, TdField.SEAM_ATTRIBUTES, out, TCB_INFO + 120);
    copy(body, TdField.TEE_TCB_SVN2, out, TCB_INFO + 128);
    copy(body, TdField.TD_ATTRIBUTES, out, TD_INFO);
    copy(body, TdField.XFAM, out, TD_INFO + 8);
    copy(body, TdField.MR_TD, out, TD_INFO + 16);
    copy(body, TdField.MR_CONFIG_ID, out, TD_INFO + 64);
    copy(body, TdField.MR_OWNER, out, TD_INFO + 112);
    copy(body, TdField.MR_OWNER_CONFIG, out, TD_INFO + 160);
    copy(body, TdField.RTMR_0, out, TD_INFO + 208);
    copy(body, TdField.RTMR_1, out, TD_INFO + 256);
    copy(body, TdField.RTMR_2, out, TD_INFO + 304);
    copy(body, TdField.RTMR_3, out, TD_INFO + 352);
    copy(body, TdField.MR_SERVICETD, out, TD_INFO + 400);
    copy(body, TdField.REPORT_DATA, out, REPORT_DATA);
    put(out, TCB_INFO_HASH, sha384(out, TCB_INFO, TCB_INFO_SIZE), 48);
    put(out, TD_INFO_HASH, sha384(out, TD_INFO, TD_INFO_SIZE), 48);
    put(out, MAC, mac, MAC_SIZE);
    return new TdReport(out);
  }

  /** A report of exactly {@link #SIZE} bytes; nothing is checked. */
  public static TdReport parse(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("a TDREPORT has 1024 bytes, not " + bytes.length);
    }
    return new TdReport(bytes.clone());
  }

  private static void copy(TdBody body, TdField field, byte[] out, int at) {
    if (body.has(field)) {
      put(out, at, body.get(field), field.length());
    }
  }

  private static void put(byte[] out, int at, byte[] value, int size) {
    if (value.length != size) {
      throw new IllegalArgumentException(size + " bytes are needed, not " + value.length);
    }
    System.arraycopy(value, 0, out, at, size);
  }

  private static byte[] sha384(byte[] bytes, int from, int size) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-384");
      digest.update(bytes, from, size);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-384", e);
    }
  }

  /** The 64 bytes that whoever asked for the report chose. */
  public byte[] reportData() {
    return Arrays.copyOfRange(bytes, REPORT_DATA, REPORT_DATA + 64);
  }

  /** Whether both hashes in the report are those of its parts. */
  public boolean hashesFit() {
    return Arrays.equals(
            sha384(bytes, TCB_INFO, TCB_INFO_SIZE),
            Arrays.copyOfRange(bytes, TCB_INFO_HASH, TCB_INFO_HASH + 48))
        && Arrays.equals(
            sha384(bytes, TD_INFO, TD_INFO_SIZE),
            Arrays.copyOfRange(bytes, TD_INFO_HASH, TD_INFO_HASH + 48));
  }

  /** All of it. */
  public byte[] bytes() {
    return bytes.clone();
  }
}
