package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.snp.Endorsements;
import dev.cocolab.evidence.snp.RevokedCertificates;
import dev.cocolab.evidence.snp.SnpChecks;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.VcekCertificate;
import dev.cocolab.evidence.snp.VerifiedGuest;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Judges evidence of SEV-SNP guests on Azure. Safe for use by several threads.
 *
 * <p>The checks run in the order of Trustee's verifier, so that evidence with several faults is
 * refused for the same one. What {@link Stance} adds runs after them.
 *
 * <p>Where Trustee aborts, this verifier refuses: variable data hashed with anything but SHA-256,
 * user data shorter than the report data, fewer than nine registers with an init data digest. An
 * init data digest of 48 or 64 bytes counts with its first 32, which is what pod VM images extend.
 * In every stance the report signature is checked over the bytes received, which Trustee writes
 * anew first, and bytes after a certificate or after a quote are refused.
 */
public final class AzSnpVtpmVerifier implements EvidenceVerifier {

  private static final int BINDS_USER_DATA = 2;

  private final Endorsements endorsements;
  private final RevokedCertificates revoked;
  private final Clock clock;
  private final Stance stance;

  /** A verifier in the strict stance. */
  public AzSnpVtpmVerifier(AmdRoots roots, Clock clock) {
    this(roots, clock, Stance.strict());
  }

  public AzSnpVtpmVerifier(AmdRoots roots, Clock clock, Stance stance) {
    this.endorsements = new Endorsements(roots);
    this.revoked = new RevokedCertificates(roots.revocationLists());
    this.clock = Objects.requireNonNull(clock, "clock");
    this.stance = Objects.requireNonNull(stance, "stance");
  }

  @Override
  public Tee tee() {
    return Tee.AZ_SNP_VTPM;
  }

  @Override
  public List<TeeClaims> verify(JsonNode evidence, ExpectedBinding expected) {
    return List.of(check(evidence, expected).claims());
  }

  /**
   * As {@link #verify}, and says which anchor matched.
   *
   * @throws EvidenceException if any check fails
   */
  public VerifiedGuest check(JsonNode json, ExpectedBinding expected) {
    byte[] reportData =
        expected.reportData().orElseThrow(() -> EvidenceException.of(Refusal.REPORT_DATA_ABSENT));
    AzSnpVtpmEvidence evidence = AzSnpVtpmEvidence.parse(json);
    HclReport hclReport = HclReport.parse(evidence.hclReport());

    VtpmChecks vtpm = new VtpmChecks(evidence.quote(), hclReport);
    TpmsAttest attest = vtpm.checkQuote(reportData);
    byte[] digest = hclReport.variableDataDigest();
    SnpReport report = hclReport.snpReport();
    requireCovered(report, digest);
    if (evidence.version() >= BINDS_USER_DATA) {
      vtpm.checkUserData(reportData);
    }

    VcekCertificate vcek = VcekCertificate.parse(evidence.vcek());
    AmdGeneration generation = report.generation();
    Instant now = clock.instant();
    AmdRoots.Chain chain = endorsements.check(vcek, generation, now);
    SnpChecks snp = new SnpChecks(report, vcek);
    snp.checkTcb();
    snp.checkSignature();
    snp.checkPrivilegeLevel();
    vtpm.checkPcrSizes();
    expected.initDataDigest().ifPresent(vtpm::checkInitData);

    checkStance(evidence, hclReport, report, vtpm, attest, snp);
    if (stance.authorityValidity()) {
      SnpChecks.checkAuthority(chain.ark(), chain.ask(), now);
    }
    if (stance.revocation()) {
      revoked.check(chain.ark(), chain.ask(), vcek, now);
    }
    TeeClaims claims =
        new TeeClaims(
            Tee.AZ_SNP_VTPM, TeeClaims.CPU, AzSnpVtpmClaims.of(report, evidence.quote(), attest));
    return new VerifiedGuest(claims, generation, chain.label());
  }

  private static void requireCovered(SnpReport report, byte[] variableDataDigest) {
    byte[] covered = Arrays.copyOf(report.reportData(), variableDataDigest.length);
    if (!MessageDigest.isEqual(variableDataDigest, covered)) {
      throw EvidenceException.mismatch(
          Refusal.VARIABLE_DATA_DIGEST,
          "report_data",
          EvidenceJson.hex(variableDataDigest),
          EvidenceJson.hex(covered));
    }
  }

  private void checkStance(
      AzSnpVtpmEvidence evidence,
      HclReport hclReport,
      SnpReport report,
      VtpmChecks vtpm,
      TpmsAttest attest,
      SnpChecks snp) {
    if (evidence.version() < stance.minimumVersion()) {
      throw EvidenceException.mismatch(
          Refusal.EVIDENCE_VERSION,
          "version",
          "at least " + stance.minimumVersion(),
          Integer.toString(evidence.version()));
    }
    if (stance.pcrSelection()) {
      vtpm.checkSelection(attest);
    }
    if (stance.unsignedFields()) {
      hclReport.checkHeader();
      if (!report.hasZeroPadding()) {
        throw EvidenceException.of(Refusal.REPORT_PADDING);
      }
    }
    if (stance.chipIdentity()) {
      snp.checkChip();
    }
    if (stance.refuseDebug() && report.policy().debugAllowed()) {
      throw EvidenceException.mismatch(
          Refusal.DEBUG_POLICY, "policy_debug_allowed", "false", "true");
    }
  }
}
