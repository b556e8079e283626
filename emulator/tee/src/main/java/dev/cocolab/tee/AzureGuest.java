package dev.cocolab.tee;

import dev.cocolab.evidence.snp.GuestPolicy;
import dev.cocolab.evidence.snp.PlatformInfo;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What Azure's hosts and paravisor put into the report of every guest, the same in all evidence
 * seen.
 */
final class AzureGuest {

  private static final int GUEST_SVN = 12;

  /** ABI 0.31, SMT allowed, bit 17 as required; no debugging, no migration agent. */
  private static final GuestPolicy POLICY = new GuestPolicy(0x3001f);

  /** SMT, ECC memory, alias check complete. */
  private static final PlatformInfo PLATFORM = new PlatformInfo(0x25);

  private static final byte[] FAMILY_ID =
      HexFormat.of().parseHex("02212000000000000000000000000000");
  private static final byte[] IMAGE_ID =
      HexFormat.of().parseHex("02000000000000000000000000000000");

  /** Digest of the key that signs Azure's paravisor. */
  private static final byte[] ID_KEY_DIGEST =
      HexFormat.of()
          .parseHex(
              "942fd93ebde6ea7a96efadeafc60f1c6b3d10e703b1dafd7555b92f7f3d32d0e006767648cba5b102af3d65756af4177");

  private static final int REPORT_ID_SIZE = 32;

  private AzureGuest() {}

  static SnpReportBuilder describe(SnpReportBuilder report) {
    byte[] noMigrationAgent = new byte[REPORT_ID_SIZE];
    Arrays.fill(noMigrationAgent, (byte) 0xff);
    return report
        .guestSvn(GUEST_SVN)
        .policy(POLICY)
        .familyId(FAMILY_ID)
        .imageId(IMAGE_ID)
        .platformInfo(PLATFORM)
        .idKeyDigest(ID_KEY_DIGEST)
        .reportIdMigrationAgent(noMigrationAgent);
  }
}
