package dev.cocolab.tee.tamper;

import java.util.Objects;

/**
 * A named field of evidence.
 *
 * @param name such as {@code snp.measurement}, {@code pcr.08} or {@code tdx.mr_td}
 * @param part the member of the evidence that holds it, such as {@code hcl_report} or {@code
 *     tpm_quote.message}
 * @param offset bytes from the start of the decoded part
 * @param length bytes
 * @param layer what it belongs to
 * @param tamperable whether it can be changed; a field that the encoding of the evidence does not
 *     carry cannot
 */
public record EvidenceField(
    String name, String part, int offset, int length, Layer layer, boolean tamperable) {

  public EvidenceField {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(part, "part");
    Objects.requireNonNull(layer, "layer");
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(name + " at " + offset + ", " + length + " bytes");
    }
  }

  EvidenceField(String name, String part, int offset, int length, Layer layer) {
    this(name, part, offset, length, layer, true);
  }

  /** The same field of a part that begins elsewhere. */
  EvidenceField at(String otherPart, int base) {
    return new EvidenceField(name, otherPart, base + offset, length, layer, tamperable);
  }

  /** The same field, which this encoding does not carry. */
  EvidenceField fixed() {
    return new EvidenceField(name, part, offset, length, layer, false);
  }

  int end() {
    return offset + length;
  }
}
