package dev.cocolab.evidence.tpm;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Judges evidence of machines with nothing but a TPM. Safe for use by several threads.
 *
 * <p>The checks run in the order of Trustee's verifier; what {@link Stance} adds runs after them.
 * As there, any attestation key counts that the evidence brings along: the policy has to compare
 * the claim {@code ak_public} with the keys it trusts. Without expected report data the nonce is
 * not looked at.
 *
 * <p>Where Trustee aborts, this verifier refuses: fewer than nine registers, an init data digest of
 * other than 32 bytes. In every stance it refuses bytes after a signature, a quote or a key, a
 * signature that names another hash than SHA-256, and keys other than RSA of 1024 to 4096 bits.
 */
public final class TpmVerifier implements EvidenceVerifier {

  /** What the attester makes of report data before it quotes. */
  private static final int REPORT_DATA_SIZE = 32;

  private final Stance stance;

  /** A verifier in the strict stance. */
  public TpmVerifier() {
    this(Stance.strict());
  }

  public TpmVerifier(Stance stance) {
    this.stance = Objects.requireNonNull(stance, "stance");
  }

  @Override
  public Tee tee() {
    return Tee.TPM;
  }

  @Override
  public List<TeeClaims> verify(JsonNode json, ExpectedBinding expected) {
    TpmEvidence evidence = TpmEvidence.parse(json);
    TpmQuote quote = evidence.quote();
    if (!quote.isSignedBy(evidence.attestationKey())) {
      throw EvidenceException.because(Refusal.TPM_QUOTE_SIGNATURE, "quote is not signed by key");
    }
    QuoteChecks checks = new QuoteChecks(quote);
    TpmsAttest attest = checkPcrs(quote, checks);
    expected
        .reportData()
        .ifPresent(data -> QuoteChecks.checkNonce(attest, Arrays.copyOf(data, REPORT_DATA_SIZE)));
    checkInitData(quote, checks, expected);
    if (stance.pcrSelection()) {
      checks.checkSelection(attest);
    }
    return List.of(new TeeClaims(Tee.TPM, TeeClaims.CPU, claims(evidence, attest)));
  }

  /** Reads the message; for Trustee that is a part of the comparison of the registers. */
  private static TpmsAttest checkPcrs(TpmQuote quote, QuoteChecks checks) {
    try {
      TpmsAttest attest = attest(quote);
      checks.checkPcrDigest(quoteInfo(attest));
      return attest;
    } catch (EvidenceException e) {
      throw e.reason() == Refusal.PCR_DIGEST
          ? e.withCause("pcr mismatch")
          : e.within(Refusal.PCR_DIGEST.text());
    }
  }

  private static TpmsAttest attest(TpmQuote quote) {
    try {
      return TpmsAttest.parse(quote.message());
    } catch (EvidenceException e) {
      throw e.within("tss error");
    }
  }

  private static TpmsAttest.QuoteInfo quoteInfo(TpmsAttest attest) {
    try {
      return QuoteChecks.quoteInfo(attest);
    } catch (EvidenceException e) {
      EvidenceException.Mismatch types = e.mismatch().orElseThrow();
      throw EvidenceException.of(e.reason(), "Not a quote, that should not occur")
          .withMismatch(types.field(), types.expected(), types.found())
          .within("quote error");
    }
  }

  private static void checkInitData(TpmQuote quote, QuoteChecks checks, ExpectedBinding expected) {
    expected
        .initDataDigest()
        .filter(digest -> digest.length != PcrBank.DIGEST_SIZE)
        .ifPresent(
            digest -> {
              throw EvidenceException.mismatch(
                  Refusal.TPM_INIT_DATA_SIZE,
                  "init_data",
                  Integer.toString(PcrBank.DIGEST_SIZE),
                  Integer.toString(digest.length));
            });
    int count = quote.pcrs().size();
    if (count <= QuoteChecks.INIT_DATA_PCR) {
      throw EvidenceException.mismatch(
          Refusal.TPM_INIT_DATA_PCR,
          "pcrs",
          "at least " + (QuoteChecks.INIT_DATA_PCR + 1),
          Integer.toString(count));
    }
    expected
        .initDataDigest()
        .ifPresent(digest -> checks.checkInitData(digest, Refusal.TPM_INIT_DATA));
  }

  private static ObjectNode claims(TpmEvidence evidence, TpmsAttest attest) {
    List<byte[]> pcrs = evidence.quote().pcrs();
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("ak_public", evidence.akPublic());
    claims.put("init_data", EvidenceJson.hex(pcrs.get(QuoteChecks.INIT_DATA_PCR)));
    for (int i = 0; i < pcrs.size(); i++) {
      claims.put(i < 10 ? "pcr0" + i : "pcr" + i, EvidenceJson.hex(pcrs.get(i)));
    }
    claims.put("report_data", EvidenceJson.hex(attest.extraData()));
    return claims;
  }
}
