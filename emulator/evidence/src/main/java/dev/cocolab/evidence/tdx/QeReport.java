package dev.cocolab.evidence.tdx;

import java.util.Arrays;

/**
 * The report of the quoting enclave: an SGX report body of 384 bytes (Intel SDM, volume 3D,
 * REPORT). Integers little-endian. Immutable.
 */
public final class QeReport {
  /** How many bytes it has. */
  public static final int SIZE = 384;

  /** Fields, offsets and lengths in bytes. */
  public enum Field {
    CPU_SVN("cpu_svn", 0, 16),
    MISC_SELECT("misc_select", 16, 4),
    ATTRIBUTES("attributes", 48, 16),
    MR_ENCLAVE("mr_enclave", 64, 32),
    MR_SIGNER("mr_signer", 128, 32),
    ISV_PROD_ID("isv_prod_id", 256, 2),
    ISV_SVN("isv_svn", 258, 2),
    REPORT_DATA("report_data", 320, 64);

    private final String label;
    private final int offset;
    private final int length;

    Field(String label, int offset, int length) {
      this.label = label;
      this.offset = offset;
      this.length = length;
    }

    /** Its name. */
    public String label() {
      return label;
    }

    /** Where it starts. */
    public int offset() {
      return offset;
    }

    /** How many bytes it has. */
    public int length() {
      return length;
    }
  }

  private final byte[] bytes;

  private QeReport(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A report of exactly {@link #SIZE} bytes. */
  public static QeReport of(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("a report has 384 bytes, not " + bytes.length);
    }
    return new QeReport(bytes.clone());
  }

  /** A report with nothing in it. */
  public static QeReport zero() {
    return new QeReport(new byte[SIZE]);
  }

  /** The same report with another value in a field, of exactly the field's length. */
  public QeReport with(Field field, byte[] value) {
    if (value.length != field.length) {
      throw new IllegalArgumentException(
          "%s takes %d bytes, not %d".formatted(field.label, field.length, value.length));
    }
    byte[] changed = bytes.clone();
    System.arraycopy(value, 0, changed, field.offset, value.length);
    return new QeReport(changed);
  }

  /** The value of a field. */
  public byte[] get(Field field) {
    return Arrays.copyOfRange(bytes, field.offset, field.offset + field.length);
  }

  /** Product id of the enclave. */
  public int isvProdId() {
    return unsigned(Field.ISV_PROD_ID);
  }

  /** Security version of the enclave. */
  public int isvSvn() {
    return unsigned(Field.ISV_SVN);
  }

  /** All of it: what the PCK signs. */
  public byte[] bytes() {
    return bytes.clone();
  }

  private int unsigned(Field field) {
    return Byte.toUnsignedInt(bytes[field.offset])
        | Byte.toUnsignedInt(bytes[field.offset + 1]) << Byte.SIZE;
  }
}
