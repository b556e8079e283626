package dev.cocolab.broker.appraisal;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.policy.Evaluation;
import java.util.List;
import java.util.Optional;

/** What the attestation service made of evidence. */
public sealed interface Verdict {
  /**
   * A token was issued, whatever the appraisal says.
   *
   * @param token the token
   * @param submods the appraisals in it
   */
  record Issued(String token, List<SubmodAppraisal> submods) implements Verdict {
    /** Copies the list. */
    public Issued {
      submods = List.copyOf(submods);
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
      return "Issued[submods=" + submods + "]";
    }
  }

  /**
   * No token was issued.
   *
   * @param cause why, with the evidence's own refusal as cause where it was that
   * @param evaluation the evaluation that failed, where it was a policy
   */
  record Refused(BrokerException cause, Optional<Evaluation> evaluation) implements Verdict {}
}
