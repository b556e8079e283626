package dev.cocolab.evidence.tdx;

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
import dev.cocolab.evidence.eventlog.DigestAlgorithm;
import dev.cocolab.evidence.eventlog.EventLog;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Judges evidence of trust domains on bare metal. Safe for use by several threads.
 *
 * <p>The checks run in the order of Trustee's verifier: quote, collateral, appraisal, report data,
 * initdata (MRCONFIGID), event log against the run-time registers. What {@link Stance} adds runs
 * after them: nothing that counts has expired, debugging is refused. The status of the platform is
 * a claim, for policies. Every refusal's chain begins with {@code TDX Verifier}, as Trustee's does.
 */
public final class TdxVerifier implements EvidenceVerifier {
  private static final String CONTEXT = "TDX Verifier";
  private static final List<TdField> RUNTIME =
      List.of(TdField.RTMR_0, TdField.RTMR_1, TdField.RTMR_2, TdField.RTMR_3);

  private final QuoteAppraisal quotes;

  /** A verifier in the strict stance. */
  public TdxVerifier(IntelRoots roots, CollateralSource collateral, Clock clock) {
    this(roots, collateral, clock, Stance.strict());
  }

  /** A verifier in a stance. */
  public TdxVerifier(IntelRoots roots, CollateralSource collateral, Clock clock, Stance stance) {
    this.quotes = new QuoteAppraisal(roots, collateral, clock, stance);
  }

  @Override
  public Tee tee() {
    return Tee.TDX;
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
    TdxEvidence evidence = TdxEvidence.parse(json);
    try {
      return check(evidence, expected);
    } catch (EvidenceException e) {
      throw e.within(CONTEXT);
    }
  }

  private VerifiedDomain check(TdxEvidence evidence, ExpectedBinding expected) {
    QuoteAppraisal.Genuine genuine = quotes.appraise(evidence.quote());
    TdBody body = genuine.quote().body();
    expected
        .reportData()
        .ifPresent(data -> requireBound(Refusal.TDX_REPORT_DATA, body, TdField.REPORT_DATA, data));
    expected
        .initDataDigest()
        .ifPresent(
            digest -> requireBound(Refusal.TDX_INIT_DATA, body, TdField.MR_CONFIG_ID, digest));
    Optional<EventLog> log = evidence.eventLog().map(EventLog::parse);
    log.ifPresent(
        events ->
            events.requireRtmrs(DigestAlgorithm.SHA384, RUNTIME.stream().map(body::get).toList()));
    quotes.checkStance(genuine);
    ObjectNode claims = TdxClaims.of(genuine.quote(), log, genuine.platform());
    claims.setAll(genuine.appraised().claims());
    return new VerifiedDomain(
        new TeeClaims(Tee.TDX, TeeClaims.CPU, claims), genuine.appraised().anchor());
  }

  /** Shorter values are filled with zeros at their end, longer ones cut, as Trustee does. */
  private static void requireBound(Refusal reason, TdBody body, TdField field, byte[] expected) {
    byte[] sized = Arrays.copyOf(expected, field.length());
    if (!MessageDigest.isEqual(sized, body.get(field))) {
      throw EvidenceException.mismatch(
          reason, field.claim(), EvidenceJson.hex(sized), EvidenceJson.hex(body.get(field)));
    }
  }
}
