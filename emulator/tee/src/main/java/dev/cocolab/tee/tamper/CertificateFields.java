package dev.cocolab.tee.tamper;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Fields of an X.509 certificate (RFC 5280) with the extensions of AMD and Intel. */
final class CertificateFields {

  private static final int VERSION_TAG = 0xa0;
  private static final int EXTENSIONS_TAG = 0xa3;
  private static final int BIT_STRING = 0x03;

  /** Content of the object identifier, and the name of the extension. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("2b060104019c780101", "structure_version"),
          Map.entry("2b060104019c780102", "product"),
          Map.entry("2b060104019c78010301", "spl.bootloader"),
          Map.entry("2b060104019c78010302", "spl.tee"),
          Map.entry("2b060104019c78010303", "spl.snp"),
          Map.entry("2b060104019c78010308", "spl.microcode"),
          Map.entry("2b060104019c78010309", "spl.fmc"),
          Map.entry("2b060104019c780104", "hwid"),
          Map.entry("2b060104019c780105", "csp_id"),
          Map.entry("2a864886f84d010d01", "sgx"));

  /** Members of Intel's extension by the last arc. */
  private static final List<String> SGX =
      List.of("ppid", "tcb", "pce_id", "fmspc", "sgx_type", "platform_instance", "configuration");

  private CertificateFields() {}

  /**
   * The fields of one certificate.
   *
   * @param prefix such as {@code vcek.}
   * @param signed layer of what the issuer signs
   * @param signature layer of the signature
   */
  static List<EvidenceField> of(
      String prefix, String part, byte[] der, Layer signed, Layer signature) {
    List<EvidenceField> fields = new ArrayList<>();
    DerElement certificate = DerElement.at(der, 0);
    List<DerElement> halves = certificate.children();
    List<DerElement> body = new ArrayList<>(halves.get(0).children());
    if (body.get(0).tag() == VERSION_TAG) {
      body.remove(0);
    }
    add(fields, prefix + "serial", part, body.get(0), signed);
    List<DerElement> validity = body.get(3).children();
    add(fields, prefix + "not_before", part, validity.get(0), signed);
    add(fields, prefix + "not_after", part, validity.get(1), signed);
    add(fields, prefix + "subject", part, body.get(4), signed);
    DerElement key = body.get(5).children().get(1);
    fields.add(
        new EvidenceField(
            prefix + "public_key", part, key.content() + 1, key.length() - 1, signed));
    for (DerElement element : body.subList(6, body.size())) {
      if (element.tag() == EXTENSIONS_TAG) {
        extensions(fields, prefix, part, element.children().get(0), signed);
      }
    }
    DerElement bits = halves.get(2);
    fields.add(
        new EvidenceField(
            prefix + "signature", part, bits.content() + 1, bits.length() - 1, signature));
    return fields;
  }

  private static void extensions(
      List<EvidenceField> fields, String prefix, String part, DerElement list, Layer layer) {
    for (DerElement extension : list.children()) {
      List<DerElement> members = extension.children();
      String name = NAMES.get(HexFormat.of().formatHex(members.get(0).value()));
      if (name == null) {
        continue;
      }
      DerElement octets = members.get(members.size() - 1);
      if (name.equals("sgx")) {
        sgx(fields, prefix, part, DerElement.at(octets.bytes(), octets.content()), layer);
      } else if (name.equals("hwid")) {
        add(fields, prefix + name, part, octets, layer);
      } else {
        add(fields, prefix + name, part, DerElement.at(octets.bytes(), octets.content()), layer);
      }
    }
  }

  private static void sgx(
      List<EvidenceField> fields, String prefix, String part, DerElement sequence, Layer layer) {
    List<DerElement> members = sequence.children();
    for (int i = 0; i < Math.min(members.size(), SGX.size()); i++) {
      DerElement value = members.get(i).children().get(1);
      add(fields, prefix + SGX.get(i), part, value, layer);
      if (SGX.get(i).equals("tcb")) {
        List<DerElement> levels = value.children();
        add(fields, prefix + "tcb.component_01", part, levels.get(0).children().get(1), layer);
        add(fields, prefix + "tcb.pce_svn", part, levels.get(16).children().get(1), layer);
      }
    }
  }

  private static void add(
      List<EvidenceField> fields, String name, String part, DerElement element, Layer layer) {
    fields.add(new EvidenceField(name, part, element.content(), element.length(), layer));
  }

  /** The bytes that the issuer signs. */
  static byte[] signedPart(byte[] der) {
    return DerElement.at(der, DerElement.at(der, 0).content()).whole();
  }

  /** The certificate with another signature. */
  static byte[] withSignature(byte[] der, byte[] signature) {
    List<DerElement> halves = DerElement.at(der, 0).children();
    byte[] bits = new byte[signature.length + 1];
    System.arraycopy(signature, 0, bits, 1, signature.length);
    return DerElement.sequence(
        halves.get(0).whole(), halves.get(1).whole(), DerElement.wrap(BIT_STRING, bits));
  }
}
