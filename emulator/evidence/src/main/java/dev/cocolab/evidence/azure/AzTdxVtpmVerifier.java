package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.IntelRoots;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.tdx.QuoteAppraisal;
import dev.cocolab.evidence.tdx.TdField;
import dev.cocolab.evidence.tdx.TdxClaims;
import dev.cocolab.evidence.tdx.VerifiedDomain;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Judges evidence of TDX guests on Azure. Safe for use by several threads.
 *
 * <p>The checks run in the order of Trustee's verifier: the vTPM's quote, the TD's quote and its
 * appraisal, the link between both (the variable data's digest in the TD's report data), user data
 * from version 2 on, registers and initdata. What {@link Stance} adds runs after them. The TDREPORT
 * in the HCL blob is not looked at: only the processor can check it, and the quote carries the
 * same.
 */
public final class AzTdxVtpmVerifier implements EvidenceVerifier {
  private static final int BINDS_USER_DATA = 2;

  private final QuoteAppraisal quotes;
  private final Stance stance;

  /** A verifier in the strict stance. */
  public AzTdxVtpmVerifier(IntelRoots roots, CollateralSource collateral, Clock clock) {
    this(roots, collateral, clock, Stance.strict());
  }

  /** A verifier in a stance. */
  public AzTdxVtpmVerifier(
      IntelRoots roots, CollateralSource collateral, Clock clock, Stance stance) {
    this.quotes = new QuoteAppraisal(roots, collateral, clock, stance);
    this.stance = Objects.requireNonNull(stance, "stance");
  }

  @Override
  public Tee tee() {
    return Tee.AZ_TDX_VTPM;
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
  public VerifiedDomain check(JsonNode json, ExpectedBinding expected) {
    byte[] reportData =
        expected.reportData().orElseThrow(() -> EvidenceException.of(Refusal.REPORT_DATA_ABSENT));
    AzTdxVtpmEvidence evidence = AzTdxVtpmEvidence.parse(json);
    HclReport hclReport = HclReport.parse(evidence.hclReport());
    VtpmChecks vtpm = new VtpmChecks(evidence.quote(), hclReport);
    TpmsAttest attest = vtpm.checkQuote(reportData);
    QuoteAppraisal.Genuine genuine = quotes.appraise(evidence.tdQuote());
    requireCovered(genuine, hclReport.variableDataDigest());
    if (evidence.version() >= BINDS_USER_DATA) {
      vtpm.checkUserData(reportData);
    }
    vtpm.checkPcrSizes();
    expected.initDataDigest().ifPresent(vtpm::checkInitData);
    checkStance(evidence, hclReport, vtpm, attest);
    quotes.checkStance(genuine);
    return new VerifiedDomain(
        new TeeClaims(Tee.AZ_TDX_VTPM, TeeClaims.CPU, claims(genuine, evidence, attest)),
        genuine.appraised().anchor());
  }

  private static void requireCovered(QuoteAppraisal.Genuine genuine, byte[] variableDataDigest) {
    byte[] covered =
        Arrays.copyOf(genuine.quote().body().get(TdField.REPORT_DATA), variableDataDigest.length);
    if (!MessageDigest.isEqual(variableDataDigest, covered)) {
      throw EvidenceException.mismatch(
          Refusal.AZ_TDX_REPORT_DATA,
          TdField.REPORT_DATA.claim(),
          EvidenceJson.hex(variableDataDigest),
          EvidenceJson.hex(covered));
    }
  }

  private void checkStance(
      AzTdxVtpmEvidence evidence, HclReport hclReport, VtpmChecks vtpm, TpmsAttest attest) {
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
    }
  }

  /** The registers, and what they say in the place of the quote's report data and MRCONFIGID. */
  private static ObjectNode claims(
      QuoteAppraisal.Genuine genuine, AzTdxVtpmEvidence evidence, TpmsAttest attest) {
    ObjectNode claims = TdxClaims.of(genuine.quote(), Optional.empty(), genuine.platform());
    VtpmClaims.addTo(claims, evidence.quote(), attest);
    claims.setAll(genuine.appraised().claims());
    return claims;
  }
}
