package dev.cocolab.tee.tamper;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Fields of an HCL report; those of its variable data lie inside {@code hcl.variable_data}. */
final class HclFields {

  static final int HARDWARE_REPORT = 32;
  static final int VARIABLE_DATA_SIZE = 1232;
  static final int VARIABLE_DATA = 1236;

  private static final int DATA = 1216;

  private HclFields() {}

  static List<EvidenceField> at(String part, byte[] report) {
    FieldTable header = FieldTable.of("hcl.", part, 0, Layer.HCL_HEADER);
    header.add("signature", 4).add("version", 4).add("report_size", 4).add("request_type", 4);
    header.add("status", 4).add("reserved", 12).skipTo(DATA);
    header.add("data_size", 4).add("data_version", 4).add("report_type", 4).add("hash_type", 4);
    header.add("variable_data_size", 4, Layer.VARIABLE_DATA);
    List<EvidenceField> fields = new ArrayList<>(header.fields());
    int size = variableDataSize(report);
    fields.add(variable("hcl.variable_data", part, VARIABLE_DATA, size));
    String text = new String(report, VARIABLE_DATA, size, StandardCharsets.ISO_8859_1);
    inside(fields, part, text, "hcl.ak", "\"kid\":\"HCLAkPub\"", "\"n\":\"", "\"");
    inside(fields, part, text, "hcl.ek", "\"kid\":\"HCLEkPub\"", "\"n\":\"", "\"");
    inside(fields, part, text, "hcl.vm_id", "\"vm-configuration\"", "\"vmUniqueId\":\"", "\"");
    inside(fields, part, text, "hcl.secure_boot", "\"vm-configuration\"", "\"secure-boot\":", ",");
    inside(fields, part, text, "hcl.user_data", "", "\"user-data\":\"", "\"");
    int end = VARIABLE_DATA + size;
    if (end < report.length) {
      fields.add(new EvidenceField("hcl.fill", part, end, report.length - end, Layer.HCL_HEADER));
    }
    return fields;
  }

  /** Size of the variable data as the header has it, but no more than there is. */
  static int variableDataSize(byte[] report) {
    long size =
        Integer.toUnsignedLong(
            ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN).getInt(VARIABLE_DATA_SIZE));
    return (int) Math.min(size, report.length - VARIABLE_DATA);
  }

  /** The text after the first {@code before} that follows {@code object}, up to {@code after}. */
  private static void inside(
      List<EvidenceField> fields,
      String part,
      String text,
      String name,
      String object,
      String before,
      String after) {
    int at = text.indexOf(object);
    int begin = at < 0 ? -1 : text.indexOf(before, at);
    int end = begin < 0 ? -1 : text.indexOf(after, begin + before.length());
    if (end >= 0) {
      int from = begin + before.length();
      fields.add(variable(name, part, VARIABLE_DATA + from, end - from));
    }
  }

  private static EvidenceField variable(String name, String part, int offset, int length) {
    return new EvidenceField(name, part, offset, length, Layer.VARIABLE_DATA);
  }
}
