package dev.cocolab.tee.tamper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.tee.EvidenceMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;

/**
 * What a verifier says to each field changed, against a table: name of the field, then the reason
 * with the signatures left as they were, then with everything above signed again. {@code ACCEPTED}
 * is a change that only a policy can refuse, or that nothing covers.
 */
final class TamperTable {

  static final String ACCEPTED = "ACCEPTED";
  private static final String FIXED = "FIXED";

  private TamperTable() {}

  static void check(
      String table, EvidenceMachine machine, EvidenceVerifier verifier, ExpectedBinding binding) {
    Specimen specimen = Specimen.of(machine.tee(), machine.evidence(binding.reportData().get()));
    assertThat(judge(specimen, verifier, binding)).as("untouched").isEqualTo(ACCEPTED);
    List<String> found =
        specimen.fields().stream()
            .map(field -> row(specimen, field, machine, verifier, binding))
            .toList();
    SoftAssertions all = new SoftAssertions();
    all.assertThat(found).containsExactlyElementsOf(rows(table));
    all.assertAll();
  }

  private static String row(
      Specimen specimen,
      EvidenceField field,
      EvidenceMachine machine,
      EvidenceVerifier verifier,
      ExpectedBinding binding) {
    if (!field.tamperable()) {
      return String.join(" ", field.name(), FIXED, FIXED);
    }
    Tampering flip =
        field.name().equals("hcl.ak") || field.name().equals("hcl.ek")
            ? anotherKey(specimen, field)
            : Tampering.flip(field.name(), 0);
    String left = judge(specimen.with(flip), verifier, binding);
    String resigned = judge(specimen.with(flip, machine.keys()), verifier, binding);
    return String.join(" ", field.name(), left, resigned);
  }

  /** A flipped bit may make the text of a key unreadable, or not: that depends on the key. */
  private static Tampering anotherKey(Specimen specimen, EvidenceField field) {
    byte[] text = specimen.value(field.name());
    text[text.length / 2] = (byte) (text[text.length / 2] == 'A' ? 'B' : 'A');
    return Tampering.set(field.name(), text);
  }

  static String judge(Specimen specimen, EvidenceVerifier verifier, ExpectedBinding binding) {
    try {
      assertThat(verifier.verify(specimen.toJson(), binding)).isNotEmpty();
      return ACCEPTED;
    } catch (EvidenceException e) {
      assertThat(e.getMessage()).as("text").isNotBlank();
      return e.reason().name();
    }
  }

  private static List<String> rows(String table) {
    try (InputStream in = TamperTable.class.getResourceAsStream(table)) {
      assertThat(in).as(table).isNotNull();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(text.split("\n")).filter(line -> !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
