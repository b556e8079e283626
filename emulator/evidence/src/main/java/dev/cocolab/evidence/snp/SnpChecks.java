package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.snp.VcekCertificate.Field;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What an SNP report says, against the certificate of the key that signed it. Every check throws an
 * {@link EvidenceException} that names what differs. Immutable.
 */
public final class SnpChecks {

  private static final String VCEK = "SEV-VCEK";

  /** What Trustee's verifier calls the same; no real certificate has it. */
  private static final String VCEK_UPSTREAM = "VCEK";

  private final SnpReport report;
  private final VcekCertificate vcek;

  public SnpChecks(SnpReport report, VcekCertificate vcek) {
    this.report = report;
    this.vcek = vcek;
  }

  /** The key was derived from the reported TCB version, which may be lower than the current one. */
  public void checkTcb() {
    if (vcek.commonName().isEmpty()) {
      throw EvidenceException.of(Refusal.VCEK_EXTENSION, "No common name found in certificate")
          .withCause("No CN found");
    }
    TcbVersion tcb = report.reportedTcb();
    require(Refusal.TCB_MICROCODE, "microcode", Field.MICROCODE, tcb.microcode());
    require(Refusal.TCB_SNP, "snp", Field.SNP, tcb.snp());
    require(Refusal.TCB_TEE, "tee", Field.TEE, tcb.tee());
    require(Refusal.TCB_BOOTLOADER, "bootloader", Field.BOOTLOADER, tcb.bootloader());
  }

  /** The certified key signed the report. */
  public void checkSignature() {
    if (!vcek.publicKey().filter(report::isSignedBy).isPresent()) {
      throw EvidenceException.of(Refusal.REPORT_SIGNATURE);
    }
  }

  /** The report was asked for at VMPL 0. */
  public void checkPrivilegeLevel() {
    if (report.vmpl() != 0) {
      throw EvidenceException.mismatch(Refusal.VMPL, "vmpl", "0", Long.toString(report.vmpl()));
    }
  }

  /**
   * Trustee compares the chip only if the name is {@code VCEK}, and the FMC level only for
   * bare-metal reports.
   */
  public void checkChip() {
    String name = vcek.commonName().orElse("");
    byte[] chip = report.chipId();
    boolean masked = Arrays.equals(chip, new byte[chip.length]);
    if (!masked && (name.equals(VCEK) || name.equals(VCEK_UPSTREAM))) {
      byte[] endorsed = vcek.hardwareId();
      if (!Arrays.equals(chip, Arrays.copyOf(endorsed, chip.length))) {
        throw EvidenceException.mismatch(
            Refusal.CHIP_ID,
            "chip_id",
            HexFormat.of().formatHex(endorsed),
            HexFormat.of().formatHex(chip));
      }
    }
    checkFmc();
  }

  /** On Turin the key was derived from the level of the first mutable code, too. */
  public void checkFmc() {
    report.reportedTcb().fmc().ifPresent(fmc -> require(Refusal.TCB_FMC, "fmc", Field.FMC, fmc));
  }

  /** ARK and ASK are valid at the time. */
  public static void checkAuthority(X509Certificate ark, X509Certificate ask, Instant now) {
    for (X509Certificate authority : List.of(ark, ask)) {
      Instant notBefore = authority.getNotBefore().toInstant();
      Instant notAfter = authority.getNotAfter().toInstant();
      if (now.isBefore(notBefore) || !now.isBefore(notAfter)) {
        throw EvidenceException.mismatch(
            Refusal.CA_VALIDITY,
            authority.getSubjectX500Principal().getName(),
            notBefore + " to " + notAfter,
            now.toString());
      }
    }
  }

  private void require(Refusal reason, String part, Field field, int reported) {
    int endorsed = vcek.securityVersion(field);
    if (endorsed != reported) {
      throw EvidenceException.mismatch(
          reason, "reported_tcb." + part, Integer.toString(endorsed), Integer.toString(reported));
    }
  }
}
