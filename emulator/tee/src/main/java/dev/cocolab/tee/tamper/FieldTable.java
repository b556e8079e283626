package dev.cocolab.tee.tamper;

import java.util.ArrayList;
import java.util.List;

/** Writes down fields one after the other. Not safe for use by several threads. */
final class FieldTable {

  private final List<EvidenceField> fields = new ArrayList<>();
  private final String prefix;
  private final String part;
  private final int base;
  private final Layer layer;
  private int next;

  private FieldTable(String prefix, String part, int base, Layer layer) {
    this.prefix = prefix;
    this.part = part;
    this.base = base;
    this.layer = layer;
  }

  /**
   * A table.
   *
   * @param prefix what all names begin with
   * @param base offset of the table in its part
   */
  static FieldTable of(String prefix, String part, int base, Layer layer) {
    return new FieldTable(prefix, part, base, layer);
  }

  /** A field right after the one before. */
  FieldTable add(String name, int length) {
    return add(name, length, layer);
  }

  /** A field right after the one before that belongs to another layer. */
  FieldTable add(String name, int length, Layer other) {
    fields.add(new EvidenceField(prefix + name, part, base + next, length, other));
    next += length;
    return this;
  }

  /** The next field begins here, counted from the start of the table. */
  FieldTable skipTo(int offset) {
    next = offset;
    return this;
  }

  List<EvidenceField> fields() {
    return List.copyOf(fields);
  }
}
