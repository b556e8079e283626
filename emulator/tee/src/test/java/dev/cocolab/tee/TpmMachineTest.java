package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.evidence.tpm.PcrBank;
import dev.cocolab.evidence.tpm.TpmEvidence;
import dev.cocolab.evidence.tpm.TpmVerifier;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Evidence of emulated machines before the verifier that judges captured evidence. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TpmMachineTest {

  private static final byte[] INIT_DATA = filled(32, 9);

  private final BootImage image = BootImage.defaultPodVm();
  private RsaKeyPool keys;
  private TpmMachine machine;

  @BeforeAll
  void start() {
    keys = RsaKeyPool.start(2, Lab.RANDOM);
    machine = boot();
  }

  @AfterAll
  void stop() {
    keys.close();
  }

  @Test
  void evidenceIsAcceptedAndSaysWhatWasBooted() {
    TpmMachine bound = boot();
    bound.extend(8, INIT_DATA);
    ObjectNode evidence = bound.evidence(Lab.REPORT_DATA);

    for (Stance stance : List.of(Stance.strict(), Stance.compatible())) {
      List<TeeClaims> verified =
          new TpmVerifier(stance)
              .verify(
                  evidence,
                  new ExpectedBinding(Optional.of(Lab.REPORT_DATA), Optional.of(INIT_DATA)));
      JsonNode claims = verified.get(0).claims();
      assertThat(verified.get(0).tee()).isEqualTo(bound.tee()).isEqualTo(Tee.TPM);
      Set<String> names = new TreeSet<>(Set.of("ak_public", "init_data", "report_data"));
      for (int pcr = 0; pcr < PcrBank.COUNT; pcr++) {
        String name = "pcr%02d".formatted(pcr);
        names.add(name);
        assertThat(claims.path(name).asString()).as(name).isEqualTo(bound.pcrs().hex(pcr));
      }
      assertThat(claims.propertyNames()).containsExactlyInAnyOrderElementsOf(names);
      assertThat(claims.path("pcr11").asString()).isEqualTo(image.pcrHex(11));
      assertThat(claims.path("init_data").asString())
          .isEqualTo(PcrBank.atReset().extend(8, INIT_DATA).hex(8));
      assertThat(claims.path("ak_public").asString())
          .isEqualTo(Base64.getEncoder().encodeToString(bound.attestationKey()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 32, 33, 48, 64, 100})
  void reportDataIsFittedTo32Bytes(int size) {
    byte[] data = filled(size, 4);
    ObjectNode evidence = machine.evidence(data);

    TpmsAttest attest = TpmsAttest.parse(TpmEvidence.parse(evidence).quote().message());
    assertThat(attest.extraData()).isEqualTo(Arrays.copyOf(data, 32));
    assertThat(new TpmVerifier().verify(evidence, ExpectedBinding.ofReportData(data))).hasSize(1);
  }

  @Test
  void evidenceForAnotherChallengeIsRefused() {
    assertThat(
            refusal(machine.evidence(filled(48, 1)), ExpectedBinding.ofReportData(Lab.REPORT_DATA)))
        .isEqualTo(Refusal.QUOTE_NONCE);
  }

  @Test
  void initDataCountsOnlyWhereItWasExtendedOnce() {
    ExpectedBinding binding =
        new ExpectedBinding(Optional.of(Lab.REPORT_DATA), Optional.of(INIT_DATA));
    TpmMachine other = boot();
    assertThat(refusal(other.evidence(Lab.REPORT_DATA), binding)).isEqualTo(Refusal.TPM_INIT_DATA);
    other.extend(8, INIT_DATA);
    other.extend(8, INIT_DATA);
    assertThat(refusal(other.evidence(Lab.REPORT_DATA), binding)).isEqualTo(Refusal.TPM_INIT_DATA);
  }

  @Test
  void everyMachineHasItsOwnKey() {
    TpmMachine other = boot();
    assertThat(other.attestationKey()).isNotEqualTo(machine.attestationKey());

    ObjectNode evidence = machine.evidence(Lab.REPORT_DATA);
    evidence.put("ak_public", Base64.getEncoder().encodeToString(other.attestationKey()));
    assertThat(refusal(evidence, ExpectedBinding.ofReportData(Lab.REPORT_DATA)))
        .isEqualTo(Refusal.TPM_QUOTE_SIGNATURE);
  }

  @Test
  void registersTakeDigestsOf32BytesAtLocality0() {
    assertThatThrownBy(() -> machine.extend(8, filled(48, 1)))
        .isInstanceOfSatisfying(
            TeeException.class,
            e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.VALUE_SIZE));
    for (int pcr : new int[] {-1, 17, 22, 24}) {
      assertThatThrownBy(() -> machine.extend(pcr, INIT_DATA))
          .isInstanceOfSatisfying(
              TeeException.class,
              e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.PCR_NOT_EXTENDABLE));
    }
  }

  @Test
  void severalThreadsMayAskAtOnce() {
    TpmMachine shared = boot();
    long distinct =
        IntStream.range(0, 64)
            .parallel()
            .mapToObj(
                i -> {
                  shared.extend(16, filled(32, i));
                  ObjectNode evidence = shared.evidence(filled(48, i));
                  new TpmVerifier().verify(evidence, ExpectedBinding.ofReportData(filled(48, i)));
                  return TpmsAttest.parse(TpmEvidence.parse(evidence).quote().message())
                      .clockInfo()
                      .clock();
                })
            .distinct()
            .count();

    assertThat(distinct).isEqualTo(64);
  }

  private TpmMachine boot() {
    return TpmMachine.boot(image, keys, Lab.RANDOM, Lab.CLOCK);
  }

  private static Refusal refusal(JsonNode evidence, ExpectedBinding binding) {
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () -> new TpmVerifier(Stance.compatible()).verify(evidence, binding));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal.reason();
  }

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
