package dev.cocolab.evidence.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.evidence.Vectors;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The captured evidence, whose nonce of 64 bytes is older than the rule of 32. */
class TpmVectorTest {

  private static final ExpectedBinding UNBOUND =
      new ExpectedBinding(Optional.empty(), Optional.empty());

  private final Vectors vectors = Vectors.required();
  private final JsonNode evidence = vectors.json("tpm/tpm_evidence.json");

  @Test
  void claimsAreThoseExpected() {
    JsonNode expected = vectors.json("expected/tpm-tpm_evidence.claims.json");
    for (Stance stance : List.of(Stance.strict(), Stance.compatible())) {
      List<TeeClaims> verified = new TpmVerifier(stance).verify(evidence, UNBOUND);

      assertThat(verified).hasSize(1);
      assertThat(verified.get(0).tee()).isEqualTo(Tee.TPM);
      assertThat(verified.get(0).teeClass()).isEqualTo("cpu");
      JsonNode claims = verified.get(0).claims();
      assertThat(claims.propertyNames())
          .containsExactlyInAnyOrderElementsOf(expected.propertyNames());
      for (String name : expected.propertyNames()) {
        assertThat(claims.get(name)).as(name).isEqualTo(expected.get(name));
      }
    }
  }

  @Test
  void signatureAndPcrDigestVerify() {
    TpmEvidence read = TpmEvidence.parse(evidence);
    TpmsAttest attest = TpmsAttest.parse(read.quote().message());

    assertThat(read.quote().isSignedBy(read.attestationKey())).isTrue();
    assertThat(attest.quote().orElseThrow().pcrDigest()).isEqualTo(read.quote().pcrDigest());
    assertThat(attest.quote().orElseThrow().selections()).containsExactly(PcrSelection.allSha256());
    assertThat(attest.extraData()).hasSize(64);
  }

  @Test
  void whatWasReadIsWrittenAgain() {
    assertThat(TpmEvidence.parse(evidence).toJson()).isEqualTo(evidence);

    byte[] marshalled =
        Base64.getDecoder().decode(evidence.path("tpm_quote").path("signature").asString());
    assertThat(TpmtSignature.parse(marshalled).encode()).isEqualTo(marshalled);
  }

  @Test
  void nonceOf64BytesAnswersNoChallengeOfToday() {
    byte[] nonce = TpmsAttest.parse(TpmEvidence.parse(evidence).quote().message()).extraData();
    for (byte[] expected : List.of(nonce, Arrays.copyOf(nonce, 48))) {
      EvidenceException refusal =
          catchThrowableOfType(
              EvidenceException.class,
              () ->
                  new TpmVerifier(Stance.compatible())
                      .verify(evidence, ExpectedBinding.ofReportData(expected)));
      assertThat(refusal.reason()).isEqualTo(Refusal.QUOTE_NONCE);
    }
  }

  @Test
  void everyByteOfTheSignedPartsCounts() {
    TpmEvidence genuine = TpmEvidence.parse(evidence);
    TpmQuote quote = genuine.quote();
    byte[] ak = Base64.getDecoder().decode(genuine.akPublic());
    for (int i = 0; i < quote.message().length; i++) {
      byte[] message = quote.message();
      message[i] ^= 1;
      refused(TpmEvidence.of(ak, TpmQuote.of(quote.signature(), message, quote.pcrs())));
    }
    for (int i = 0; i < quote.signature().length; i++) {
      byte[] signature = quote.signature();
      signature[i] ^= (byte) 0x80;
      refused(TpmEvidence.of(ak, TpmQuote.of(signature, quote.message(), quote.pcrs())));
    }
  }

  private static void refused(TpmEvidence changed) {
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () -> new TpmVerifier(Stance.compatible()).verify(changed.toJson(), UNBOUND));
    assertThat(refusal.reason()).isEqualTo(Refusal.TPM_QUOTE_SIGNATURE);
  }
}
