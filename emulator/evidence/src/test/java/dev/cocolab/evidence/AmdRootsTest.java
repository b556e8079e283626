package dev.cocolab.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmdRootsTest {

  private static final String NOT_ENDORSED =
      "Failed to validate VCEK: VCEK is not signed by ASK (or not valid at verification time)";

  @Test
  void realRootsAreLabelledAsTheVendors() {
    AmdRoots roots = Vectors.required().amdRoots();

    assertThat(roots.label()).isEqualTo("AMD");
    assertThat(roots.trustsEmulated()).isFalse();
    assertThat(AmdRoots.of(Map.of()).label()).isEqualTo("none");
  }

  @Test
  void bundleHoldsTwoOrThreeCertificates() {
    byte[] pem = Vectors.required().bytes("roots/amd/milan_ask_ark_asvk.pem");
    String text = new String(pem, StandardCharsets.US_ASCII);
    String first = text.substring(0, text.indexOf("-----END CERTIFICATE-----") + 25);

    assertThat(AmdRoots.Chain.ofBundle(pem).ark().getSubjectX500Principal().getName())
        .contains("CN=ARK-Milan");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmdRoots.Chain.ofBundle(first.getBytes(StandardCharsets.US_ASCII)))
        .withMessage("a bundle holds ASK, ARK and perhaps ASVK, not 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmdRoots.Chain.ofBundle("nonsense".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void chainMustHoldTogether() {
    AmdRoots real = Vectors.required().amdRoots();
    AmdRoots.Chain milan = real.chains(AmdGeneration.MILAN).get(0);
    AmdRoots.Chain genoa = real.chains(AmdGeneration.GENOA).get(0);

    refused(
        AmdRoots.of(Map.of(AmdGeneration.MILAN, new AmdRoots.Chain(milan.ask(), milan.ask()))),
        Vectors.CLOCK,
        Refusal.CA_CHAIN,
        "Failed to validate CA chain: ARK is not self-signed");
    refused(
        AmdRoots.of(Map.of(AmdGeneration.MILAN, new AmdRoots.Chain(milan.ark(), genoa.ask()))),
        Vectors.CLOCK,
        Refusal.CA_CHAIN,
        "Failed to validate CA chain: ASK is not signed by ARK");
  }

  @Test
  void rootOfAnotherGenerationOrNoneDoesNotCount() {
    AmdRoots real = Vectors.required().amdRoots();
    AmdRoots.Chain genoa = real.chains(AmdGeneration.GENOA).get(0);

    refused(
        AmdRoots.of(Map.of(AmdGeneration.MILAN, genoa)),
        Vectors.CLOCK,
        Refusal.VCEK_CHAIN,
        NOT_ENDORSED);
    EvidenceException refusal =
        refused(
            AmdRoots.of(Map.of(AmdGeneration.GENOA, genoa)),
            Vectors.CLOCK,
            Refusal.VCEK_CHAIN,
            NOT_ENDORSED);
    assertThat(refusal.mismatch())
        .hasValueSatisfying(m -> assertThat(m.expected()).isEqualTo("no trusted authority"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-01-28T16:33:42Z", "2032-01-28T16:33:43Z", "2040-01-01T00:00:00Z"})
  void vcekOutsideItsValidityIsRefusedAlsoIfItWasSeenBefore(String time) {
    Vectors vectors = Vectors.required();
    MovableClock clock = new MovableClock(Vectors.CLOCK.instant());
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(vectors.amdRoots(), clock);
    ExpectedBinding binding = ExpectedBinding.ofReportData(Vectors.REPORT_DATA_V2);
    var evidence = vectors.json("az-snp-vtpm/evidence-v2.json");
    assertThat(verifier.verify(evidence, binding)).hasSize(1);

    clock.now = Instant.parse(time);

    assertThatExceptionOfType(EvidenceException.class)
        .isThrownBy(() -> verifier.verify(evidence, binding))
        .satisfies(
            e -> {
              assertThat(e.chain()).isEqualTo(NOT_ENDORSED);
              assertThat(e.mismatch())
                  .contains(
                      new EvidenceException.Mismatch(
                          "validity", "2025-01-28T16:33:43Z to 2032-01-28T16:33:43Z", time));
            });
  }

  @ParameterizedTest
  @CsvSource({
    "25,0,MILAN",
    "25,15,MILAN",
    "25,16,GENOA",
    "25,31,GENOA",
    "25,160,GENOA",
    "25,175,GENOA",
    "26,0,TURIN",
    "26,17,TURIN"
  })
  void cpuidSelectsTheGeneration(int family, int model, AmdGeneration generation) {
    assertThat(AmdGeneration.ofCpuid(family, model)).isEqualTo(generation);
  }

  @ParameterizedTest
  @CsvSource({
    "25,32,Processor model not supported", "25,159,Processor model not supported",
    "25,176,Processor model not supported", "26,18,Processor model not supported",
    "23,1,Processor family not supported"
  })
  void processorsWithoutARootAreRefused(int family, int model, String cause) {
    assertThatExceptionOfType(EvidenceException.class)
        .isThrownBy(() -> AmdGeneration.ofCpuid(family, model))
        .satisfies(e -> assertThat(e.chain()).isEqualTo("Failed to get CPU Generation: " + cause));
  }

  private static EvidenceException refused(
      AmdRoots roots, Clock clock, Refusal reason, String chain) {
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(roots, clock);
    var evidence = Vectors.required().json("az-snp-vtpm/evidence-v2.json");
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () -> verifier.verify(evidence, ExpectedBinding.ofReportData(Vectors.REPORT_DATA_V2)));
    assertThat(refusal.chain()).isEqualTo(chain);
    assertThat(refusal.reason()).isEqualTo(reason);
    return refusal;
  }

  private static final class MovableClock extends Clock {
    private Instant now;

    MovableClock(Instant now) {
      this.now = now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
