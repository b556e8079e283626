package dev.cocolab.evidence.dcap;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;

/**
 * What a PCK certificate says of its platform: the SGX extension, OID 1.2.840.113741.1.13.1 (Intel
 * SGX PCK Certificate and CRL specification, 1.3.5). Immutable.
 *
 * @param ppid 16 bytes: name of the platform for its owner
 * @param components 16 security versions, 0 to 255 each
 * @param pceSvn security version of the provisioning certification enclave, 0 to 65535
 * @param cpuSvn 16 bytes
 * @param pceId 2 bytes
 * @param fmspc 6 bytes: kind of platform
 * @param sgxType 0 standard, 1 scalable, 2 scalable with integrity
 * @param platformInstanceId 16 bytes as they stand in the certificate; of platforms with several
 *     processors only
 * @param configuration of such platforms only
 */
@SuppressWarnings("ArrayRecordComponent") // the accessors below copy
public record PckExtension(
    byte[] ppid,
    byte[] components,
    int pceSvn,
    byte[] cpuSvn,
    byte[] pceId,
    byte[] fmspc,
    int sgxType,
    Optional<byte[]> platformInstanceId,
    Optional<Configuration> configuration) {
  /** Where it stands in a certificate. */
  public static final String OID = "1.2.840.113741.1.13.1";

  private static final int COMPONENTS = 16;
  private static final int TCB_MEMBERS = 18;

  /** Of a platform with several processors. */
  public record Configuration(boolean dynamicPlatform, boolean cachedKeys, boolean smtEnabled) {}

  /** The extension is not as Trustee reads it. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  /** Checks the sizes and copies. */
  public PckExtension {
    ppid = sized(ppid, 16);
    components = sized(components, COMPONENTS);
    cpuSvn = sized(cpuSvn, 16);
    pceId = sized(pceId, 2);
    fmspc = sized(fmspc, 6);
    platformInstanceId = platformInstanceId.map(id -> sized(id, 16));
    Objects.requireNonNull(configuration, "configuration");
  }

  private static byte[] sized(byte[] bytes, int size) {
    if (bytes.length != size) {
      throw new IllegalArgumentException(size + " bytes are needed, not " + bytes.length);
    }
    return bytes.clone();
  }

  /**
   * Reads the value of the extension, strictly in the order of the specification.
   *
   * @throws MalformedException with Trustee's text
   */
  static PckExtension parse(byte[] der) throws MalformedException {
    try (ASN1InputStream in = new ASN1InputStream(der)) {
      ASN1Primitive first = in.readObject();
      int rest = in.available();
      ASN1Sequence members = ASN1Sequence.getInstance(first);
      if (rest > 0) {
        throw new MalformedException(
            "SGX extension has %d unexpected trailing bytes".formatted(rest));
      }
      return of(members);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new MalformedException("failed to parse SGX extension DER");
    }
  }

  private static PckExtension of(ASN1Sequence members) throws MalformedException {
    if (members.size() != 5 && members.size() != 7) {
      // One of the two members of the Platform CA alone is missing there, and too much elsewhere.
      if (members.size() != 6) {
        throw new IllegalArgumentException("members");
      }
    }
    ASN1Sequence tcb = ASN1Sequence.getInstance(member(members, 0, 2, "2"));
    if (tcb.size() != TCB_MEMBERS) {
      throw new IllegalArgumentException("tcb");
    }
    byte[] components = new byte[COMPONENTS];
    for (int i = 0; i < COMPONENTS; i++) {
      components[i] = (byte) number(member(tcb, 2, i + 1, "2." + (i + 1)), 0xff);
    }
    Optional<byte[]> instance = Optional.empty();
    Optional<Configuration> configuration = Optional.empty();
    for (int i = 5; i < members.size(); i++) {
      String id = ASN1ObjectIdentifier.getInstance(pair(members, i).getObjectAt(0)).getId();
      if (id.equals(OID + ".6") && configuration.isEmpty() && instance.isEmpty()) {
        instance = Optional.of(octets(pair(members, i).getObjectAt(1), 16, "platform_instance"));
      } else if (id.equals(OID + ".7") && configuration.isEmpty()) {
        configuration =
            Optional.of(configuration(ASN1Sequence.getInstance(pair(members, i).getObjectAt(1))));
      } else {
        throw new IllegalArgumentException(id);
      }
    }
    return new PckExtension(
        octets(member(members, 0, 1, "1"), 16, "ppid"),
        components,
        number(member(tcb, 2, 17, "2.17"), 0xffff),
        octets(member(tcb, 2, 18, "2.18"), 16, "cpusvn"),
        octets(member(members, 0, 3, "3"), 2, "pceid"),
        octets(member(members, 0, 4, "4"), 6, "fmspc"),
        ASN1Enumerated.getInstance(member(members, 0, 5, "5")).intValueExact(),
        instance,
        configuration);
  }

  private static ASN1Sequence pair(ASN1Sequence members, int index) {
    ASN1Sequence pair = ASN1Sequence.getInstance(members.getObjectAt(index));
    if (pair.size() != 2) {
      throw new IllegalArgumentException("pair");
    }
    return pair;
  }

  /** The value of the member at a place, which must have this OID below that of the extension. */
  private static ASN1Encodable member(ASN1Sequence members, int base, int number, String suffix) {
    ASN1Sequence pair = pair(members, number - 1);
    String id = ASN1ObjectIdentifier.getInstance(pair.getObjectAt(0)).getId();
    if (!id.equals(OID + "." + suffix)) {
      throw new IllegalArgumentException("%s at %d of %d".formatted(id, number, base));
    }
    return pair.getObjectAt(1);
  }

  private static byte[] octets(ASN1Encodable value, int size, String name)
      throws MalformedException {
    byte[] bytes = ASN1OctetString.getInstance(value).getOctets();
    if (bytes.length != size) {
      throw new MalformedException("%s is not %d bytes".formatted(name, size));
    }
    return bytes;
  }

  private static int number(ASN1Encodable value, int most) {
    BigInteger number = ASN1Integer.getInstance(value).getValue();
    if (number.signum() < 0 || number.bitLength() > 32 || number.intValueExact() > most) {
      throw new IllegalArgumentException("number");
    }
    return number.intValueExact();
  }

  private static Configuration configuration(ASN1Sequence flags) {
    if (flags.size() != 3) {
      throw new IllegalArgumentException("configuration");
    }
    boolean[] values = new boolean[3];
    for (int i = 0; i < values.length; i++) {
      values[i] = ASN1Boolean.getInstance(member(flags, 7, i + 1, "7." + (i + 1))).isTrue();
    }
    return new Configuration(values[0], values[1], values[2]);
  }

  /** The value of the extension in DER. */
  public byte[] toDer() {
    ASN1EncodableVector tcb = new ASN1EncodableVector();
    for (int i = 0; i < COMPONENTS; i++) {
      tcb.add(pair("2." + (i + 1), new ASN1Integer(Byte.toUnsignedInt(components[i]))));
    }
    tcb.add(pair("2.17", new ASN1Integer(pceSvn)));
    tcb.add(pair("2.18", new DEROctetString(cpuSvn)));
    ASN1EncodableVector all = new ASN1EncodableVector();
    all.add(pair("1", new DEROctetString(ppid)));
    all.add(pair("2", new DERSequence(tcb)));
    all.add(pair("3", new DEROctetString(pceId)));
    all.add(pair("4", new DEROctetString(fmspc)));
    all.add(pair("5", new ASN1Enumerated(sgxType)));
    platformInstanceId.ifPresent(id -> all.add(pair("6", new DEROctetString(id))));
    configuration.ifPresent(
        flags -> {
          ASN1EncodableVector three = new ASN1EncodableVector();
          three.add(pair("7.1", ASN1Boolean.getInstance(flags.dynamicPlatform())));
          three.add(pair("7.2", ASN1Boolean.getInstance(flags.cachedKeys())));
          three.add(pair("7.3", ASN1Boolean.getInstance(flags.smtEnabled())));
          all.add(pair("7", new DERSequence(three)));
        });
    try {
      return new DERSequence(all).getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("a sequence of plain values has an encoding", e);
    }
  }

  private static DERSequence pair(String suffix, ASN1Encodable value) {
    return new DERSequence(
        new ASN1Encodable[] {new ASN1ObjectIdentifier(OID + "." + suffix), value});
  }

  /** Upper-case hex, as collateral is asked for. */
  public String fmspcText() {
    return HexFormat.of().withUpperCase().formatHex(fmspc);
  }

  /** The platform instance id as Trustee shows it: the 16 bytes reversed. */
  public Optional<byte[]> shownInstanceId() {
    return platformInstanceId.map(
        id -> {
          byte[] reversed = new byte[id.length];
          for (int i = 0; i < id.length; i++) {
            reversed[i] = id[id.length - 1 - i];
          }
          return reversed;
        });
  }

  /** The security version of a component, from 0. */
  public int component(int index) {
    return Byte.toUnsignedInt(components[index]);
  }

  @Override
  public byte[] ppid() {
    return ppid.clone();
  }

  @Override
  public byte[] components() {
    return components.clone();
  }

  @Override
  public byte[] cpuSvn() {
    return cpuSvn.clone();
  }

  @Override
  public byte[] pceId() {
    return pceId.clone();
  }

  @Override
  public byte[] fmspc() {
    return fmspc.clone();
  }

  @Override
  public Optional<byte[]> platformInstanceId() {
    return platformInstanceId.map(byte[]::clone);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PckExtension extension && Arrays.equals(toDer(), extension.toDer());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toDer());
  }
}
