package dev.cocolab.evidence.snp;

/** Offsets of the attestation report, little-endian (SEV-SNP firmware ABI, ATTESTATION_REPORT). */
final class ReportLayout {

  static final int VERSION = 0x000;
  static final int GUEST_SVN = 0x004;
  static final int POLICY = 0x008;
  static final int FAMILY_ID = 0x010;
  static final int IMAGE_ID = 0x020;
  static final int VMPL = 0x030;
  static final int SIGNATURE_ALGORITHM = 0x034;
  static final int CURRENT_TCB = 0x038;
  static final int PLATFORM_INFO = 0x040;
  static final int KEY_INFO = 0x048;
  static final int RESERVED_AFTER_KEY_INFO = 0x04c;
  static final int REPORT_DATA = 0x050;
  static final int MEASUREMENT = 0x090;
  static final int HOST_DATA = 0x0c0;
  static final int ID_KEY_DIGEST = 0x0e0;
  static final int AUTHOR_KEY_DIGEST = 0x110;
  static final int REPORT_ID = 0x140;
  static final int REPORT_ID_MA = 0x160;
  static final int REPORTED_TCB = 0x180;
  static final int CPUID = 0x188;
  static final int RESERVED_AFTER_CPUID = 0x18b;
  static final int CHIP_ID = 0x1a0;
  static final int COMMITTED_TCB = 0x1e0;
  static final int CURRENT_VERSION = 0x1e8;
  static final int RESERVED_AFTER_CURRENT = 0x1eb;
  static final int COMMITTED_VERSION = 0x1ec;
  static final int RESERVED_AFTER_COMMITTED = 0x1ef;
  static final int LAUNCH_TCB = 0x1f0;
  static final int LAUNCH_MITIGATIONS = 0x1f8;
  static final int CURRENT_MITIGATIONS = 0x200;
  static final int RESERVED_AFTER_MITIGATIONS = 0x208;
  static final int SIGNATURE = 0x2a0;
  static final int SIGNATURE_S = 0x2e8;
  static final int SIGNATURE_PADDING = 0x330;
  static final int SIZE = 0x4a0;

  /** Size of R and of S, little-endian integers. */
  static final int SIGNATURE_PART = 72;

  /** First version with CPUID values. */
  static final int CPUID_SINCE = 3;

  /** First version with mitigation vectors. */
  static final int MITIGATIONS_SINCE = 5;

  private ReportLayout() {}
}
