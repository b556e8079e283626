package dev.cocolab.evidence.tdx;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.dcap.Appraised;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.DcapAppraisal;
import dev.cocolab.evidence.dcap.IntelRoots;
import dev.cocolab.evidence.dcap.PckChain;
import dev.cocolab.evidence.dcap.PckExtension;
import java.time.Clock;
import java.util.Objects;

/**
 * What both kinds of TDX evidence have in common: a quote, read, appraised by Intel's collateral,
 * and held against a stance. Safe for use by several threads.
 */
public final class QuoteAppraisal {
  private final DcapAppraisal dcap;
  private final Clock clock;
  private final Stance stance;

  /** Appraises with these roots and this collateral. */
  public QuoteAppraisal(IntelRoots roots, CollateralSource collateral, Clock clock, Stance stance) {
    this.dcap = new DcapAppraisal(roots, collateral);
    this.clock = Objects.requireNonNull(clock, "clock");
    this.stance = Objects.requireNonNull(stance, "stance");
  }

  /**
   * A genuine quote.
   *
   * @param quote as read
   * @param platform what its PCK says
   * @param appraised what the collateral says
   */
  public record Genuine(TdxQuote quote, PckExtension platform, Appraised appraised) {
    /** Checks that nothing is missing. */
    public Genuine {
      Objects.requireNonNull(quote, "quote");
      Objects.requireNonNull(platform, "platform");
      Objects.requireNonNull(appraised, "appraised");
    }
  }

  /**
   * Reads and appraises a quote.
   *
   * @throws EvidenceException if any check fails
   */
  public Genuine appraise(byte[] bytes) {
    TdxQuote quote = TdxQuote.parse(bytes);
    PckChain chain = PckChain.parse(quote.signature().certificates());
    return new Genuine(quote, chain.platform(), dcap.appraise(quote, chain, clock.instant()));
  }

  /**
   * What Trustee leaves to policy: validity of certificates and collateral, debugging.
   *
   * @throws EvidenceException {@link Refusal#COLLATERAL_EXPIRED} or {@link Refusal#TD_DEBUG}
   */
  public void checkStance(Genuine genuine) {
    if (stance.authorityValidity() && genuine.appraised().expired()) {
      throw EvidenceException.mismatch(
          Refusal.COLLATERAL_EXPIRED,
          "earliest_expiration_date",
          "after " + clock.instant(),
          genuine.appraised().claims().path("earliest_expiration_date").asString());
    }
    if (stance.refuseDebug() && genuine.quote().body().debug()) {
      throw EvidenceException.mismatch(Refusal.TD_DEBUG, "td_attributes.debug", "false", "true");
    }
  }
}
