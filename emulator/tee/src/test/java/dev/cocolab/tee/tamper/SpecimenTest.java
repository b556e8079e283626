package dev.cocolab.tee.tamper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.Lab;
import dev.cocolab.tee.RsaKeyPool;
import dev.cocolab.tee.SampleMachine;
import dev.cocolab.tee.SnpGuest;
import dev.cocolab.tee.TeeException;
import dev.cocolab.tee.TeeException.Reason;
import dev.cocolab.tee.TpmMachine;
import dev.cocolab.tee.keys.EmulatedKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SpecimenTest {

  private static final Specimen SAMPLE =
      Specimen.of(Tee.SAMPLE, new SampleMachine().evidence(Lab.REPORT_DATA));

  @ParameterizedTest
  @CsvSource({
    "AZ_SNP_VTPM, az-snp-vtpm/evidence-v0.json",
    "AZ_SNP_VTPM, az-snp-vtpm/evidence-v2.json",
    "AZ_TDX_VTPM, az-tdx-vtpm/evidence-v1.json",
    "SNP, snp/evidence-e2e-genoa.json",
    "TPM, tpm/tpm_evidence.json"
  })
  void capturedEvidenceIsPutTogetherAsItWas(Tee tee, String file) {
    Optional<Path> vectors = Lab.vectors();
    assumeTrue(vectors.isPresent(), "no captured evidence beside the project");
    JsonNode evidence = Lab.json(vectors.get().resolve(file));

    Specimen specimen = Specimen.of(tee, evidence);

    assertThat(Lab.json(specimen.toJson().toString().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(evidence);
    assertThat(specimen.fields()).hasSizeGreaterThan(20);
  }

  @Test
  void fieldsHaveNamesOfTheirOwnAndLieInTheirPart() {
    SnpGuest guest =
        SnpGuest.launch(
            Lab.otherPlatform(AmdGeneration.MILAN).processor(),
            BootImage.defaultPodVm().launchMeasurement(),
            Optional.empty(),
            Lab.RANDOM);
    Specimen specimen = Specimen.of(Tee.SNP, guest.evidence(Lab.REPORT_DATA));
    Set<String> names = new HashSet<>();

    for (EvidenceField field : specimen.fields()) {
      assertThat(names.add(field.name())).as(field.name()).isTrue();
      assertThat(specimen.value(field.name())).as(field.name()).hasSize(field.length());
      assertThat(field.layer().id()).matches("[a-z-]+");
    }

    assertThat(specimen.value("snp.measurement"))
        .isEqualTo(BootImage.defaultPodVm().launchMeasurement());
    assertThat(specimen.field("snp.measurement"))
        .isEqualTo(
            new EvidenceField(
                "snp.measurement", "attestation_report", 0x90, 48, Layer.SNP_REPORT, true));
  }

  @Test
  void changeShowsInThatFieldOnly() {
    try (RsaKeyPool keys = RsaKeyPool.resting(1, Lab.RANDOM)) {
      TpmMachine machine = TpmMachine.boot(BootImage.defaultPodVm(), keys, Lab.RANDOM, Lab.CLOCK);
      Specimen before = Specimen.of(Tee.TPM, machine.evidence(Lab.REPORT_DATA));

      Specimen after = before.with(Tampering.set("pcr.11", new byte[32]));

      for (EvidenceField field : before.fields()) {
        byte[] expected = field.name().equals("pcr.11") ? new byte[32] : before.value(field.name());
        assertThat(after.value(field.name())).as(field.name()).isEqualTo(expected);
      }
      Specimen resigned = before.with(Tampering.set("pcr.11", new byte[32]), machine.keys());
      assertThat(changed(before, resigned))
          .containsExactlyInAnyOrder("pcr.11", "quote.pcr_digest", "quote.signature");
    }
  }

  private static List<String> changed(Specimen before, Specimen after) {
    return before.fields().stream()
        .map(EvidenceField::name)
        .filter(name -> !Arrays.equals(before.value(name), after.value(name)))
        .toList();
  }

  @Test
  void unknownFieldIsRefusedWithTheNamesThereAre() {
    refused(
        Reason.FIELD_UNKNOWN,
        "evidence of sample has no field 'snp.vmpl'; its fields: sample.svn, sample.report_data",
        () -> SAMPLE.with(Tampering.flip("snp.vmpl", 0)));
  }

  @Test
  void fieldThatTheEvidenceDoesNotCarryIsRefused() {
    SnpGuest guest =
        SnpGuest.launch(
            Lab.otherPlatform(AmdGeneration.MILAN).processor(),
            new byte[48],
            Optional.empty(),
            Lab.RANDOM);
    Specimen specimen = Specimen.of(Tee.SNP, guest.evidence(Lab.REPORT_DATA));

    refused(
        Reason.FIELD_FIXED,
        "the evidence of snp carries no snp.padding, so it cannot be changed",
        () -> specimen.with(Tampering.flip("snp.padding", 0)));
  }

  @Test
  void valuesHaveTheSizeOfTheField() {
    refused(
        Reason.FIELD_VALUE,
        "sample.report_data has 48 bytes, the value 2: give 96 hex digits",
        () -> SAMPLE.with(Tampering.parse("sample.report_data=0102")));
    refused(
        Reason.FIELD_VALUE,
        "sample.svn has the bits 0 to 7, not 8",
        () -> SAMPLE.with(Tampering.parse("sample.svn=flip:8")));
  }

  @Test
  void signingAgainNeedsTheKeysOfTheMachine() {
    try (RsaKeyPool keys = RsaKeyPool.resting(1, Lab.RANDOM)) {
      TpmMachine machine = TpmMachine.boot(BootImage.defaultPodVm(), keys, Lab.RANDOM, Lab.CLOCK);
      Specimen specimen = Specimen.of(Tee.TPM, machine.evidence(Lab.REPORT_DATA));

      refused(
          Reason.KEY_ABSENT,
          "the machine has no key for TPM_QUOTE; use the one that made the evidence",
          () -> specimen.with(Tampering.flip("pcr.00", 0), EmulatedKeys.none()));
      assertThat(machine.keys().toString()).isEqualTo("keys for [TPM_QUOTE]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{}", "{\"svn\":1}", "{\"svn\":\"1\",\"report_data\":\"*\"}"})
  void evidenceOfAnotherShapeIsRefused(String json) {
    JsonNode evidence = JsonMapper.shared().readTree(json);

    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(() -> Specimen.of(Tee.SAMPLE, evidence))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.EVIDENCE_MALFORMED));
  }

  @Test
  void otherTeesAreNotTakenApart() {
    refused(
        Reason.NOT_EMULATED,
        "evidence of cca cannot be taken apart",
        () -> Specimen.of(Tee.CCA, JsonMapper.shared().createObjectNode()));
  }

  @ParameterizedTest
  @CsvSource({"a", "=00", "a=0", "a=xy", "a=flip:", "a=flip:-1", "a=flip:1234567890"})
  void unreadableChangesAreRefused(String text) {
    refused(
        Reason.FIELD_VALUE,
        "'" + text + "' is not FIELD=HEX, FIELD=flip or FIELD=flip:BIT",
        () -> Tampering.parse(text));
  }

  @Test
  void changesAreReadAsTheyAreWritten() {
    assertThat(Tampering.parse("a = flip")).isEqualTo(Tampering.flip("a", 0));
    assertThat(Tampering.parse("a=FLIP:9")).isEqualTo(Tampering.flip("a", 9));
    assertThat(Tampering.parse("a=0xAB").change())
        .isInstanceOfSatisfying(
            Tampering.Value.class, value -> assertThat(value.bytes()).containsExactly(0xab));
  }

  private static void refused(Reason reason, String message, Runnable action) {
    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(action::run)
        .withMessage(message)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
