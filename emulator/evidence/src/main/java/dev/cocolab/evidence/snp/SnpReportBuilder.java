package dev.cocolab.evidence.snp;

import static dev.cocolab.evidence.snp.ReportLayout.*;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes an attestation report field by field. Fields that the chosen version does not have are
 * refused when set. Not safe for use by several threads.
 */
public final class SnpReportBuilder {

  private final byte[] bytes = new byte[SIZE];
  private final ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

  SnpReportBuilder() {}

  SnpReportBuilder(SnpReport report) {
    version((int) report.version());
    guestSvn(report.guestSvn()).policy(report.policy());
    familyId(report.familyId()).imageId(report.imageId());
    vmpl(report.vmpl()).signatureAlgorithm(report.signatureAlgorithm());
    currentTcb(report.currentTcb()).platformInfo(report.platformInfo()).keyInfo(report.keyInfo());
    reportData(report.reportData()).measurement(report.measurement()).hostData(report.hostData());
    idKeyDigest(report.idKeyDigest()).authorKeyDigest(report.authorKeyDigest());
    reportId(report.reportId()).reportIdMigrationAgent(report.reportIdMigrationAgent());
    reportedTcb(report.reportedTcb());
    if (report.cpuFamily().isPresent()) {
      cpuid(
          report.cpuFamily().getAsInt(),
          report.cpuModel().orElseThrow(),
          report.cpuStepping().orElseThrow());
    }
    chipId(report.chipId()).committedTcb(report.committedTcb()).launchTcb(report.launchTcb());
    currentVersion(report.currentVersion()).committedVersion(report.committedVersion());
    if (report.launchMitigations().isPresent()) {
      mitigations(
          report.launchMitigations().getAsLong(), report.currentMitigations().orElseThrow());
    }
    signature(report.signatureR(), report.signatureS());
  }

  /** 2 to 5; set it first. */
  public SnpReportBuilder version(int version) {
    fields.putInt(VERSION, version);
    return this;
  }

  public SnpReportBuilder guestSvn(long svn) {
    return unsigned(GUEST_SVN, svn);
  }

  public SnpReportBuilder policy(GuestPolicy policy) {
    fields.putLong(POLICY, policy.bits());
    return this;
  }

  /** 16 bytes. */
  public SnpReportBuilder familyId(byte[] id) {
    return put(FAMILY_ID, IMAGE_ID, id);
  }

  /** 16 bytes. */
  public SnpReportBuilder imageId(byte[] id) {
    return put(IMAGE_ID, VMPL, id);
  }

  public SnpReportBuilder vmpl(long vmpl) {
    return unsigned(VMPL, vmpl);
  }

  public SnpReportBuilder signatureAlgorithm(long algorithm) {
    return unsigned(SIGNATURE_ALGORITHM, algorithm);
  }

  public SnpReportBuilder currentTcb(TcbVersion tcb) {
    return put(CURRENT_TCB, PLATFORM_INFO, tcb.encode());
  }

  public SnpReportBuilder platformInfo(PlatformInfo info) {
    fields.putLong(PLATFORM_INFO, info.bits());
    return this;
  }

  public SnpReportBuilder keyInfo(long info) {
    return unsigned(KEY_INFO, info);
  }

  /** 64 bytes. */
  public SnpReportBuilder reportData(byte[] data) {
    return put(REPORT_DATA, MEASUREMENT, data);
  }

  /** 48 bytes. */
  public SnpReportBuilder measurement(byte[] digest) {
    return put(MEASUREMENT, HOST_DATA, digest);
  }

  /** 32 bytes. */
  public SnpReportBuilder hostData(byte[] data) {
    return put(HOST_DATA, ID_KEY_DIGEST, data);
  }

  /** 48 bytes. */
  public SnpReportBuilder idKeyDigest(byte[] digest) {
    return put(ID_KEY_DIGEST, AUTHOR_KEY_DIGEST, digest);
  }

  /** 48 bytes. */
  public SnpReportBuilder authorKeyDigest(byte[] digest) {
    return put(AUTHOR_KEY_DIGEST, REPORT_ID, digest);
  }

  /** 32 bytes. */
  public SnpReportBuilder reportId(byte[] id) {
    return put(REPORT_ID, REPORT_ID_MA, id);
  }

  /** 32 bytes. */
  public SnpReportBuilder reportIdMigrationAgent(byte[] id) {
    return put(REPORT_ID_MA, REPORTED_TCB, id);
  }

  public SnpReportBuilder reportedTcb(TcbVersion tcb) {
    return put(REPORTED_TCB, CPUID, tcb.encode());
  }

  /** One byte each; since version 3. */
  public SnpReportBuilder cpuid(int family, int model, int stepping) {
    require(CPUID_SINCE, "CPUID values");
    return put(
        CPUID, RESERVED_AFTER_CPUID, new byte[] {(byte) family, (byte) model, (byte) stepping});
  }

  /** 64 bytes. */
  public SnpReportBuilder chipId(byte[] id) {
    return put(CHIP_ID, COMMITTED_TCB, id);
  }

  public SnpReportBuilder committedTcb(TcbVersion tcb) {
    return put(COMMITTED_TCB, CURRENT_VERSION, tcb.encode());
  }

  public SnpReportBuilder currentVersion(FirmwareVersion version) {
    return firmware(CURRENT_VERSION, version);
  }

  public SnpReportBuilder committedVersion(FirmwareVersion version) {
    return firmware(COMMITTED_VERSION, version);
  }

  public SnpReportBuilder launchTcb(TcbVersion tcb) {
    return put(LAUNCH_TCB, LAUNCH_MITIGATIONS, tcb.encode());
  }

  /** Since version 5. */
  public SnpReportBuilder mitigations(long launch, long current) {
    require(MITIGATIONS_SINCE, "mitigation vectors");
    fields.putLong(LAUNCH_MITIGATIONS, launch);
    fields.putLong(CURRENT_MITIGATIONS, current);
    return this;
  }

  /** An ECDSA signature; each number must fit 72 bytes. */
  public SnpReportBuilder signature(BigInteger r, BigInteger s) {
    put(SIGNATURE, SIGNATURE_S, littleEndian(r));
    return put(SIGNATURE_S, SIGNATURE_PADDING, littleEndian(s));
  }

  /**
   * The report.
   *
   * @throws dev.cocolab.evidence.EvidenceException if the fields do not make a report that {@link
   *     SnpReport#parse} accepts
   */
  public SnpReport build() {
    return SnpReport.parse(bytes);
  }

  private SnpReportBuilder firmware(int offset, FirmwareVersion version) {
    byte[] value = {(byte) version.build(), (byte) version.minor(), (byte) version.major()};
    return put(offset, offset + value.length, value);
  }

  private SnpReportBuilder unsigned(int offset, long value) {
    if (value < 0 || value > 0xffff_ffffL) {
      throw new IllegalArgumentException("an unsigned 32-bit number, not " + value);
    }
    fields.putInt(offset, (int) value);
    return this;
  }

  private SnpReportBuilder put(int from, int to, byte[] value) {
    if (value.length != to - from) {
      throw new IllegalArgumentException((to - from) + " bytes expected, not " + value.length);
    }
    System.arraycopy(value, 0, bytes, from, value.length);
    return this;
  }

  private void require(int since, String what) {
    if (Integer.compareUnsigned(fields.getInt(VERSION), since) < 0) {
      throw new IllegalArgumentException("no " + what + " before report version " + since);
    }
  }

  static byte[] littleEndian(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > SIGNATURE_PART * Byte.SIZE) {
      throw new IllegalArgumentException("a part of a signature has at most 72 bytes");
    }
    byte[] bigEndian = value.toByteArray();
    byte[] littleEndian = new byte[SIGNATURE_PART];
    for (int i = 0; i < Math.min(SIGNATURE_PART, bigEndian.length); i++) {
      littleEndian[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return littleEndian;
  }
}
