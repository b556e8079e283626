package dev.cocolab.evidence.snp;

import static dev.cocolab.evidence.snp.ReportLayout.*;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;

/**
 * An SEV-SNP attestation report: 1184 bytes, little-endian, versions 2 to 5 (SEV-SNP firmware ABI,
 * ATTESTATION_REPORT). Immutable; the received bytes are kept as they are, so that signatures are
 * checked over what was signed.
 */
public final class SnpReport {

  /** Size in bytes. */
  public static final int SIZE = ReportLayout.SIZE;

  /** Number of leading bytes that the signature covers. */
  public static final int SIGNED_SIZE = SIGNATURE;

  private final byte[] bytes;
  private final ByteBuffer fields;
  private final TcbVersion.Layout tcbLayout;

  private SnpReport(byte[] bytes, TcbVersion.Layout tcbLayout) {
    this.bytes = bytes;
    this.fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.tcbLayout = tcbLayout;
  }

  /**
   * Reads a report. Versions above 5 are read as 5.
   *
   * @throws EvidenceException {@link Refusal#SNP_REPORT_MALFORMED} for another size, version 0 or
   *     1, a reserved byte that is not zero, a processor that is not known, or a version 2 report
   *     whose chip id is masked, so that the layout of its TCB is unknown
   */
  public static SnpReport parse(byte[] report) {
    if (report.length != SIZE) {
      throw malformed("1184 bytes expected, found " + report.length);
    }
    byte[] bytes = report.clone();
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long version = Integer.toUnsignedLong(fields.getInt(VERSION));
    if (version < 2) {
      throw malformed("report version " + version);
    }
    requireZero(bytes, RESERVED_AFTER_KEY_INFO, REPORT_DATA);
    requireZero(bytes, version < CPUID_SINCE ? CPUID : RESERVED_AFTER_CPUID, CHIP_ID);
    requireZero(bytes, RESERVED_AFTER_CURRENT, COMMITTED_VERSION);
    requireZero(bytes, RESERVED_AFTER_COMMITTED, LAUNCH_TCB);
    requireZero(
        bytes,
        version < MITIGATIONS_SINCE ? LAUNCH_MITIGATIONS : RESERVED_AFTER_MITIGATIONS,
        SIGNATURE);
    return new SnpReport(bytes, version < CPUID_SINCE ? layoutByChip(bytes) : layoutByCpuid(bytes));
  }

  private static TcbVersion.Layout layoutByCpuid(byte[] bytes) {
    try {
      AmdGeneration generation =
          AmdGeneration.ofCpuid(
              Byte.toUnsignedInt(bytes[CPUID]), Byte.toUnsignedInt(bytes[CPUID + 1]));
      return generation == AmdGeneration.TURIN
          ? TcbVersion.Layout.TURIN
          : TcbVersion.Layout.PRE_TURIN;
    } catch (EvidenceException e) {
      throw malformed(e.getCause().getMessage());
    }
  }

  private static TcbVersion.Layout layoutByChip(byte[] bytes) {
    if (isZero(bytes, CHIP_ID, COMMITTED_TCB)) {
      throw malformed("masked chip id");
    }
    return isZero(bytes, CHIP_ID + 8, COMMITTED_TCB)
        ? TcbVersion.Layout.TURIN
        : TcbVersion.Layout.PRE_TURIN;
  }

  /** A builder with every field zero. */
  public static SnpReportBuilder builder() {
    return new SnpReportBuilder();
  }

  /** A builder with the fields and the signature of this report. */
  public SnpReportBuilder toBuilder() {
    return new SnpReportBuilder(this);
  }

  /** All 1184 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The first 672 bytes, which the signature covers. */
  public byte[] signedBytes() {
    return slice(0, SIGNED_SIZE);
  }

  /** As written, unsigned. */
  public long version() {
    return Integer.toUnsignedLong(fields.getInt(VERSION));
  }

  public long guestSvn() {
    return Integer.toUnsignedLong(fields.getInt(GUEST_SVN));
  }

  public GuestPolicy policy() {
    return new GuestPolicy(fields.getLong(POLICY));
  }

  /** 16 bytes. */
  public byte[] familyId() {
    return slice(FAMILY_ID, IMAGE_ID);
  }

  /** 16 bytes. */
  public byte[] imageId() {
    return slice(IMAGE_ID, VMPL);
  }

  /** Privilege level of the requester; 0 is the most privileged. */
  public long vmpl() {
    return Integer.toUnsignedLong(fields.getInt(VMPL));
  }

  /** 1 is ECDSA P-384 with SHA-384. */
  public long signatureAlgorithm() {
    return Integer.toUnsignedLong(fields.getInt(SIGNATURE_ALGORITHM));
  }

  public TcbVersion currentTcb() {
    return tcb(CURRENT_TCB);
  }

  public PlatformInfo platformInfo() {
    return new PlatformInfo(fields.getLong(PLATFORM_INFO));
  }

  /**
   * Bit 0 author key used, bit 1 chip key masked, bits 2 to 4 the signing key: 0 VCEK, 1 VLEK, 7
   * none.
   */
  public long keyInfo() {
    return Integer.toUnsignedLong(fields.getInt(KEY_INFO));
  }

  /** 64 bytes chosen by the guest; on Azure chosen by the paravisor. */
  public byte[] reportData() {
    return slice(REPORT_DATA, MEASUREMENT);
  }

  /** Launch digest, 48 bytes. */
  public byte[] measurement() {
    return slice(MEASUREMENT, HOST_DATA);
  }

  /** 32 bytes given by the host at launch. */
  public byte[] hostData() {
    return slice(HOST_DATA, ID_KEY_DIGEST);
  }

  /** 48 bytes. */
  public byte[] idKeyDigest() {
    return slice(ID_KEY_DIGEST, AUTHOR_KEY_DIGEST);
  }

  /** 48 bytes. */
  public byte[] authorKeyDigest() {
    return slice(AUTHOR_KEY_DIGEST, REPORT_ID);
  }

  /** 32 bytes. */
  public byte[] reportId() {
    return slice(REPORT_ID, REPORT_ID_MA);
  }

  /** 32 bytes, all 0xff without a migration agent. */
  public byte[] reportIdMigrationAgent() {
    return slice(REPORT_ID_MA, REPORTED_TCB);
  }

  /** The version the VCEK was derived from. */
  public TcbVersion reportedTcb() {
    return tcb(REPORTED_TCB);
  }

  /** Extended plus base family; since version 3. */
  public OptionalInt cpuFamily() {
    return cpuid(0);
  }

  /** Since version 3. */
  public OptionalInt cpuModel() {
    return cpuid(1);
  }

  /** Since version 3. */
  public OptionalInt cpuStepping() {
    return cpuid(2);
  }

  /** 64 bytes; zero if masked. Turin uses the first 8. */
  public byte[] chipId() {
    return slice(CHIP_ID, COMMITTED_TCB);
  }

  public TcbVersion committedTcb() {
    return tcb(COMMITTED_TCB);
  }

  public FirmwareVersion currentVersion() {
    return firmware(CURRENT_VERSION);
  }

  public FirmwareVersion committedVersion() {
    return firmware(COMMITTED_VERSION);
  }

  public TcbVersion launchTcb() {
    return tcb(LAUNCH_TCB);
  }

  /** Since version 5. */
  public OptionalLong launchMitigations() {
    return version() < MITIGATIONS_SINCE
        ? OptionalLong.empty()
        : OptionalLong.of(fields.getLong(LAUNCH_MITIGATIONS));
  }

  /** Since version 5. */
  public OptionalLong currentMitigations() {
    return version() < MITIGATIONS_SINCE
        ? OptionalLong.empty()
        : OptionalLong.of(fields.getLong(CURRENT_MITIGATIONS));
  }

  /** The R of the ECDSA signature, all 72 bytes. */
  public BigInteger signatureR() {
    return littleEndian(SIGNATURE);
  }

  /** The S of the ECDSA signature, all 72 bytes. */
  public BigInteger signatureS() {
    return littleEndian(SIGNATURE_S);
  }

  /** Whether the bytes after the signature, which nothing covers, are zero. */
  public boolean hasZeroPadding() {
    return isZero(bytes, SIGNATURE_PADDING, SIZE);
  }

  /**
   * The generation of the processor.
   *
   * @throws EvidenceException {@link Refusal#CPU_GENERATION} for a version 2 report, which does not
   *     say
   */
  public AmdGeneration generation() {
    if (cpuFamily().isEmpty()) {
      throw EvidenceException.because(
          Refusal.CPU_GENERATION, "Attestation report version 3+ is missing CPU family ID");
    }
    return AmdGeneration.ofCpuid(cpuFamily().getAsInt(), cpuModel().orElseThrow());
  }

  /**
   * Whether the key made the signature: ECDSA P-384 over the SHA-384 of the first 672 bytes as
   * received.
   */
  public boolean isSignedBy(PublicKey key) {
    try {
      Signature verifier = Signature.getInstance("SHA384withECDSA");
      verifier.initVerify(key);
      verifier.update(bytes, 0, SIGNED_SIZE);
      ASN1Integer[] parts = {new ASN1Integer(signatureR()), new ASN1Integer(signatureS())};
      return verifier.verify(new DERSequence(parts).getEncoded(ASN1Encoding.DER));
    } catch (GeneralSecurityException | IOException e) {
      return false; // not a key of this curve, or numbers that no signature of this curve has
    }
  }

  /** The layout of the TCB versions in this report. */
  TcbVersion.Layout tcbLayout() {
    return tcbLayout;
  }

  private TcbVersion tcb(int offset) {
    return TcbVersion.parse(slice(offset, offset + TcbVersion.SIZE), tcbLayout);
  }

  private FirmwareVersion firmware(int offset) {
    return new FirmwareVersion(octet(offset + 2), octet(offset + 1), octet(offset));
  }

  private OptionalInt cpuid(int index) {
    return version() < CPUID_SINCE ? OptionalInt.empty() : OptionalInt.of(octet(CPUID + index));
  }

  private int octet(int offset) {
    return Byte.toUnsignedInt(bytes[offset]);
  }

  private BigInteger littleEndian(int offset) {
    byte[] magnitude = new byte[SIGNATURE_PART];
    for (int i = 0; i < SIGNATURE_PART; i++) {
      magnitude[i] = bytes[offset + SIGNATURE_PART - 1 - i];
    }
    return new BigInteger(1, magnitude);
  }

  private byte[] slice(int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private static void requireZero(byte[] bytes, int from, int to) {
    if (!isZero(bytes, from, to)) {
      throw malformed("reserved bytes from 0x%03x on are not zero".formatted(from));
    }
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    return Arrays.mismatch(bytes, from, to, new byte[to - from], 0, to - from) == -1;
  }

  private static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.SNP_REPORT_MALFORMED, cause);
  }
}
