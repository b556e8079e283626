package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A VM whose evidence can be made otherwise, and assertions on what the verifier says to it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Forgery {

  final PlatformAuthority platform = Lab.platform();
  private RsaKeyPool keys;
  ConfidentialVm vm;

  @BeforeAll
  void start() {
    keys = RsaKeyPool.start(2, Lab.RANDOM);
    vm = boot(platform.processor());
  }

  @AfterAll
  void stop() {
    vm.close();
    keys.close();
  }

  ConfidentialVm boot(SecureProcessor processor) {
    return ConfidentialVm.boot(processor, BootImage.defaultPodVm(), Lab.request(keys));
  }

  EvidenceException refused(AzSnpVtpmEvidence evidence, Refusal reason, String chain) {
    EvidenceException refusal = refusal(evidence, Stance.strict());
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.chain()).isEqualTo(chain);
    assertThat(refusal.reason()).isEqualTo(reason);
    return refusal;
  }

  EvidenceException refusal(AzSnpVtpmEvidence evidence, Stance stance) {
    return catchThrowableOfType(
        EvidenceException.class,
        () ->
            new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK, stance)
                .verify(
                    evidence.toJson(evidence.version()),
                    ExpectedBinding.ofReportData(Lab.REPORT_DATA)));
  }

  boolean accepted(AzSnpVtpmEvidence evidence, Stance stance) {
    return new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK, stance)
            .verify(
                evidence.toJson(evidence.version()), ExpectedBinding.ofReportData(Lab.REPORT_DATA))
            .size()
        == 1;
  }

  static byte[] changed(byte[] bytes, int offset, int value) {
    byte[] changed = bytes.clone();
    changed[offset] = (byte) value;
    return changed;
  }
}
