package dev.cocolab.tee.tamper;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BigIntegerNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The members of an SNP report in evidence of bare metal, and where their bytes are in the report.
 * What has no member is zero in the bytes, and lost when they are written.
 */
final class SnpReportMembers {

  private enum Kind {
    NUMBER,
    BYTES
  }

  private record Member(List<String> path, int offset, int length, Kind kind) {}

  private static Member number(int offset, int length, String... path) {
    return new Member(List.of(path), offset, length, Kind.NUMBER);
  }

  private static Member bytes(int offset, int length, String... path) {
    return new Member(List.of(path), offset, length, Kind.BYTES);
  }

  private static final List<Member> MEMBERS =
      List.of(
          number(0x000, 4, "version"),
          number(0x004, 4, "guest_svn"),
          number(0x008, 8, "policy"),
          bytes(0x010, 16, "family_id"),
          bytes(0x020, 16, "image_id"),
          number(0x030, 4, "vmpl"),
          number(0x034, 4, "sig_algo"),
          number(0x040, 8, "plat_info"),
          number(0x048, 4, "key_info"),
          bytes(0x050, 64, "report_data"),
          bytes(0x090, 48, "measurement"),
          bytes(0x0c0, 32, "host_data"),
          bytes(0x0e0, 48, "id_key_digest"),
          bytes(0x110, 48, "author_key_digest"),
          bytes(0x140, 32, "report_id"),
          bytes(0x160, 32, "report_id_ma"),
          number(0x188, 1, "cpuid_fam_id"),
          number(0x189, 1, "cpuid_mod_id"),
          number(0x18a, 1, "cpuid_step"),
          bytes(0x1a0, 64, "chip_id"),
          number(0x1e8, 1, "current", "build"),
          number(0x1e9, 1, "current", "minor"),
          number(0x1ea, 1, "current", "major"),
          number(0x1ec, 1, "committed", "build"),
          number(0x1ed, 1, "committed", "minor"),
          number(0x1ee, 1, "committed", "major"),
          number(0x1f8, 8, "launch_mit_vector"),
          number(0x200, 8, "current_mit_vector"),
          bytes(0x2a0, 72, "signature", "r"),
          bytes(0x2e8, 72, "signature", "s"));

  private record Tcb(String name, int offset) {}

  private static final List<Tcb> TCBS =
      List.of(
          new Tcb("current_tcb", 0x038),
          new Tcb("reported_tcb", 0x180),
          new Tcb("committed_tcb", 0x1e0),
          new Tcb("launch_tcb", 0x1f0));

  private SnpReportMembers() {}

  static Optional<byte[]> decode(JsonNode report) {
    if (!report.isObject()) {
      return Optional.empty();
    }
    byte[] bytes = new byte[SnpReportFields.SIZE];
    for (Member member : members(report)) {
      JsonNode value = at(report, member.path());
      if (isAbsent(value)) {
        continue;
      }
      if (member.kind() == Kind.NUMBER && value.isIntegralNumber()) {
        put(bytes, member, value.bigIntegerValue());
        continue;
      }
      Optional<byte[]> content = Encoding.numbers(value).filter(b -> b.length == member.length());
      if (content.isEmpty()) {
        return Optional.empty();
      }
      System.arraycopy(content.get(), 0, bytes, member.offset(), member.length());
    }
    return Optional.of(bytes);
  }

  static ObjectNode encode(byte[] bytes, JsonNode before) {
    ObjectNode report = (ObjectNode) before.deepCopy();
    for (Member member : members(before)) {
      if (isAbsent(at(before, member.path()))) {
        continue;
      }
      List<String> path = member.path();
      ObjectNode parent = path.size() == 1 ? report : (ObjectNode) report.path(path.get(0));
      String name = path.get(path.size() - 1);
      if (member.kind() == Kind.NUMBER) {
        parent.set(name, BigIntegerNode.valueOf(number(bytes, member)));
      } else {
        byte[] content = new byte[member.length()];
        System.arraycopy(bytes, member.offset(), content, 0, content.length);
        parent.set(name, Encoding.numbers(content));
      }
    }
    return report;
  }

  /** Whether the evidence carries bytes of this field. */
  static boolean carries(JsonNode report, EvidenceField field) {
    return members(report).stream()
        .filter(member -> !isAbsent(at(report, member.path())))
        .anyMatch(
            member ->
                member.offset() < field.end()
                    && field.offset() < member.offset() + member.length());
  }

  /** All members; the place of security versions depends on the generation. */
  private static List<Member> members(JsonNode report) {
    List<Member> members = new ArrayList<>(MEMBERS);
    for (Tcb tcb : TCBS) {
      boolean turin = report.path(tcb.name()).path("fmc").isIntegralNumber();
      int at = tcb.offset();
      if (turin) {
        members.add(number(at, 1, tcb.name(), "fmc"));
      }
      members.add(number(turin ? at + 1 : at, 1, tcb.name(), "bootloader"));
      members.add(number(turin ? at + 2 : at + 1, 1, tcb.name(), "tee"));
      members.add(number(turin ? at + 3 : at + 6, 1, tcb.name(), "snp"));
      members.add(number(at + 7, 1, tcb.name(), "microcode"));
    }
    return members;
  }

  private static JsonNode at(JsonNode node, List<String> path) {
    JsonNode value = node;
    for (String name : path) {
      value = value.path(name);
    }
    return value;
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static void put(byte[] bytes, Member member, BigInteger value) {
    for (int i = 0; i < member.length(); i++) {
      bytes[member.offset() + i] = value.shiftRight(Byte.SIZE * i).byteValue();
    }
  }

  private static BigInteger number(byte[] bytes, Member member) {
    BigInteger value = BigInteger.ZERO;
    for (int i = member.length() - 1; i >= 0; i--) {
      int octet = Byte.toUnsignedInt(bytes[member.offset() + i]);
      value = value.shiftLeft(Byte.SIZE).or(BigInteger.valueOf(octet));
    }
    return value;
  }
}
