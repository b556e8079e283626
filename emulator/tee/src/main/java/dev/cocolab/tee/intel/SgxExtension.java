package dev.cocolab.tee.intel;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;

/**
 * The SGX extension of a PCK certificate of a multi-package platform (Intel SGX PCK certificate and
 * CRL profile specification, 1.2.840.113741.1.13.1): PPID, TCB, PCE-ID, FMSPC, SGX type, platform
 * instance, configuration, in this order.
 */
final class SgxExtension {

  private static final String BASE = "1.2.840.113741.1.13.1.";

  /** Scalable: a platform with several packages. */
  private static final int SCALABLE = 1;

  private SgxExtension() {}

  /**
   * Writes the value of the extension.
   *
   * @param ppid 16 bytes
   * @param instance 16 bytes
   * @return DER
   */
  static byte[] encode(byte[] ppid, byte[] instance, PlatformTcb tcb) {
    ASN1EncodableVector fields = new ASN1EncodableVector();
    fields.add(field("1", new DEROctetString(ppid)));
    fields.add(field("2", levels(tcb)));
    fields.add(field("3", octets(IntelAuthority.PCE_ID)));
    fields.add(field("4", octets(IntelAuthority.FMSPC)));
    fields.add(field("5", new ASN1Enumerated(SCALABLE)));
    fields.add(field("6", new DEROctetString(instance)));
    ASN1EncodableVector configuration = new ASN1EncodableVector();
    configuration.add(field("7.1", ASN1Boolean.TRUE)); // packages may be replaced
    configuration.add(field("7.2", ASN1Boolean.TRUE)); // keys are cached
    configuration.add(field("7.3", ASN1Boolean.TRUE)); // SMT is on
    fields.add(field("7", new DERSequence(configuration)));
    try {
      return new DERSequence(fields).getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("extension cannot be encoded", e);
    }
  }

  private static DERSequence levels(PlatformTcb tcb) {
    ASN1EncodableVector levels = new ASN1EncodableVector();
    List<Integer> components = tcb.sgx();
    for (int i = 0; i < components.size(); i++) {
      levels.add(field("2." + (i + 1), new ASN1Integer(components.get(i))));
    }
    levels.add(field("2.17", new ASN1Integer(tcb.pceSvn())));
    levels.add(field("2.18", new DEROctetString(PlatformTcb.bytes(components))));
    return new DERSequence(levels);
  }

  private static DEROctetString octets(String hex) {
    return new DEROctetString(HexFormat.of().parseHex(hex));
  }

  private static DERSequence field(String oid, ASN1Encodable value) {
    return new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier(BASE + oid), value});
  }
}
