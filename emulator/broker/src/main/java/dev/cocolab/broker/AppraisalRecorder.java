package dev.cocolab.broker;

import dev.cocolab.broker.appraisal.SubmodAppraisal;
import dev.cocolab.broker.appraisal.TokenPayload;
import dev.cocolab.broker.appraisal.Verdict;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.policy.Evaluation;
import dev.cocolab.broker.storage.ReferenceValues;
import dev.cocolab.evidence.EvidenceException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Writes what the attestation service decided into the journal. */
final class AppraisalRecorder {
  private final AttestationJournal journal;
  private final IssuedTokens tokens;
  private final ReferenceValues referenceValues;
  private final Clock clock;

  AppraisalRecorder(
      AttestationJournal journal,
      IssuedTokens tokens,
      ReferenceValues referenceValues,
      Clock clock) {
    this.journal = journal;
    this.tokens = tokens;
    this.referenceValues = referenceValues;
    this.clock = clock;
  }

  void issued(String tee, Optional<KeptJson> message, Verdict.Issued verdict, Caller caller) {
    KeptJson payload = KeptJson.ofPayload(verdict.token());
    List<Appraisal.Submod> submods =
        verdict.submods().stream().map(submod -> submod(submod, payload)).toList();
    Appraisal appraisal = appraisal(tee, message, submods, Optional.empty(), caller);
    tokens.add(verdict.token(), appraisal);
    journal.record(appraisal);
  }

  /** Records a refusal of the attestation service and returns the error to answer with. */
  ApiError refused(String tee, Optional<KeptJson> message, Verdict.Refused verdict, Caller caller) {
    Optional<PolicyRun> run = verdict.evaluation().map(this::run);
    record(tee, message, verdict.cause(), run, caller);
    return ApiError.attestFailed(
        new BrokerException(
            verdict.cause().reason(), "verify TEE evidence failed", verdict.cause()));
  }

  /** Records a refusal of the handshake itself. */
  void refused(String tee, Optional<KeptJson> message, BrokerException cause, Caller caller) {
    record(tee, message, cause, Optional.empty(), caller);
  }

  private void record(
      String tee,
      Optional<KeptJson> message,
      BrokerException cause,
      Optional<PolicyRun> run,
      Caller caller) {
    String reason = cause.reason().name();
    Optional<Appraisal.Mismatch> mismatch = Optional.empty();
    if (cause.getCause() instanceof EvidenceException evidence) {
      reason = evidence.reason().name();
      mismatch =
          evidence.mismatch().map(m -> new Appraisal.Mismatch(m.field(), m.expected(), m.found()));
    }
    Appraisal.Refusal refusal =
        new Appraisal.Refusal(cause.reason().name(), reason, cause.chain(), mismatch, run);
    journal.record(appraisal(tee, message, List.of(), Optional.of(refusal), caller));
  }

  private Appraisal appraisal(
      String tee,
      Optional<KeptJson> message,
      List<Appraisal.Submod> submods,
      Optional<Appraisal.Refusal> refusal,
      Caller caller) {
    return new Appraisal(
        journal.nextId(),
        caller.requestId(),
        clock.instant(),
        caller.peer(),
        tee,
        message,
        referenceValues(),
        submods,
        refusal);
  }

  private Map<String, JsonNode> referenceValues() {
    try {
      return referenceValues.now().all();
    } catch (BrokerException e) {
      if (e.reason() != Reason.REFERENCE_VALUES && e.reason() != Reason.STORAGE) {
        throw e;
      }
      // What cannot be read is named by the refusal that it causes.
      return Map.of();
    }
  }

  private Appraisal.Submod submod(SubmodAppraisal appraisal, KeptJson payload) {
    return new Appraisal.Submod(
        appraisal.name(),
        appraisal.inputName(),
        appraisal.vector().status().wireName(),
        appraisal.vector().claims(),
        input(appraisal, payload),
        run(appraisal.evaluation()));
  }

  /**
   * The policy input, which the token carries as it is; unless the policy puts an extension of that
   * name in its place.
   */
  private static KeptJson input(SubmodAppraisal appraisal, KeptJson payload) {
    return appraisal.extensions().has(TokenPayload.EVIDENCE)
        ? KeptJson.ofUtf8(appraisal.input().toString().getBytes(StandardCharsets.UTF_8))
        : payload.at(TokenPayload.SUBMODS, appraisal.name(), TokenPayload.EVIDENCE);
  }

  private PolicyRun run(Evaluation evaluation) {
    return new PolicyRun(
        evaluation.file(),
        evaluation.source(),
        evaluation.trace(),
        evaluation.failure().map(BrokerException::chain));
  }
}
