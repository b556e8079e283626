package dev.cocolab.tee.tamper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.tee.EvidenceMachine;
import dev.cocolab.tee.Lab;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a verifier says to each field changed, against a table: name of the field, then the reason
 * with the signatures left as they were, then with everything above signed again. {@code ACCEPTED}
 * is a change that only a policy can refuse, or that nothing covers.
 */
final class TamperTable {

  static final String ACCEPTED = "ACCEPTED";
  private static final String FIXED = "FIXED";

  /** Of a boot's events three stand for all: the first, the kernel and its command line. */
  private static final Pattern REPEATED_EVENT = Pattern.compile("event\\.(?!1\\.|12\\.|17\\.).*");

  private TamperTable() {}

  static void check(
      String table, EvidenceMachine machine, EvidenceVerifier verifier, ExpectedBinding binding) {
    check(table, machine, specimen -> judge(specimen, verifier, binding));
  }

  static void check(String table, EvidenceMachine machine, Function<Specimen, String> judge) {
    Specimen specimen = Specimen.of(machine.tee(), machine.evidence(Lab.REPORT_DATA));
    assertThat(judge.apply(specimen)).as("untouched").isEqualTo(ACCEPTED);
    List<String> found =
        specimen.fields().stream()
            .filter(field -> !REPEATED_EVENT.matcher(field.name()).matches())
            .map(field -> row(specimen, field, machine, judge))
            .toList();
    assertThat(found).containsExactlyElementsOf(rows(table));
  }

  private static String row(
      Specimen specimen,
      EvidenceField field,
      EvidenceMachine machine,
      Function<Specimen, String> judge) {
    if (!field.tamperable()) {
      return String.join(" ", field.name(), FIXED, FIXED);
    }
    Tampering flip = change(specimen, field);
    String left = judge.apply(specimen.with(flip));
    String resigned = judge.apply(specimen.with(flip, machine.keys()));
    return String.join(" ", field.name(), left, resigned);
  }

  private static Tampering change(Specimen specimen, EvidenceField field) {
    if (field.name().equals("hcl.ak") || field.name().equals("hcl.ek")) {
      return anotherKey(specimen, field);
    }
    if (field.name().endsWith(".serial")) { // the first byte may be there for the sign only
      return Tampering.flip(field.name(), Byte.SIZE * (field.length() - 1));
    }
    // A size that is one more or less may or may not fit: the sizes of certificates vary.
    boolean size = field.layer() == Layer.QUOTE_FRAME && field.name().endsWith("size");
    return Tampering.flip(field.name(), size ? Byte.SIZE * field.length() - 1 : 0);
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
