package dev.cocolab.evidence.snp;

import static dev.cocolab.evidence.snp.DerReader.BIT_STRING;
import static dev.cocolab.evidence.snp.DerReader.BOOLEAN;
import static dev.cocolab.evidence.snp.DerReader.INTEGER;
import static dev.cocolab.evidence.snp.DerReader.OBJECT_IDENTIFIER;
import static dev.cocolab.evidence.snp.DerReader.OCTET_STRING;
import static dev.cocolab.evidence.snp.DerReader.SEQUENCE;
import static dev.cocolab.evidence.snp.DerReader.SET;
import static dev.cocolab.evidence.snp.DerReader.UTC_TIME;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.snp.DerReader.DerException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The certificate of a versioned chip endorsement key (AMD, Versioned Chip Endorsement Key
 * certificate and KDS interface specification). Immutable.
 *
 * <p>Read by hand because libraries reject a certificate that has an extension twice before its
 * signature can be judged.
 */
public final class VcekCertificate {

  /** Largest certificate that is read, in bytes; real ones have about 1360. */
  public static final int MAX_SIZE = 16 * 1024;

  /** AMD's arc, 1.3.6.1.4.1.3704.1, in DER. */
  private static final String AMD_ARC = "2b060104019c7801";

  private static final String COMMON_NAME = "550403";
  private static final String RSASSA_PSS = "2a864886f70d01010a";
  private static final int VERSION_TAG = 0xa0;
  private static final int EXTENSIONS_TAG = 0xa3;
  private static final int ISSUER_UNIQUE_ID = 0x81;
  private static final int SUBJECT_UNIQUE_ID = 0x82;
  private static final Pattern TIME = Pattern.compile("[0-9]{14}Z");

  /** Security version numbers and identity in AMD's extensions. */
  public enum Field {
    BOOTLOADER("0301"),
    TEE("0302"),
    SNP("0303"),
    MICROCODE("0308"),
    FMC("0309"),
    HARDWARE_ID("04");

    private final String oid;

    Field(String arc) {
      this.oid = AMD_ARC + arc;
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Extension(String oid, byte[] value) {}

  private final byte[] der;
  private final byte[] signedPart;
  private final byte[] signatureAlgorithm;
  private final byte[] signedAlgorithm;
  private final byte[] signature;
  private final byte[] keyInfo;
  private final BigInteger serialNumber;
  private final List<String> commonNames;
  private final Instant notBefore;
  private final Instant notAfter;
  private final List<Extension> extensions;

  private VcekCertificate(byte[] der) throws DerException {
    this.der = der;
    DerReader certificate = DerReader.of(der).last().as(SEQUENCE);
    DerReader.Element tbs = certificate.next();
    signedPart = tbs.whole().remaining();
    signatureAlgorithm = certificate.next(SEQUENCE).remaining();
    byte[] bits = certificate.last().as(BIT_STRING).remaining();
    if (bits.length == 0 || bits[0] != 0) {
      throw new DerException("signature is not a whole number of bytes");
    }
    signature = Arrays.copyOfRange(bits, 1, bits.length);

    DerReader fields = tbs.as(SEQUENCE);
    if (fields.peek() == VERSION_TAG) {
      fields.next();
    }
    byte[] serial = fields.next(INTEGER).remaining();
    if (serial.length == 0) {
      throw new DerException("serial number is no number");
    }
    serialNumber = new BigInteger(serial);
    signedAlgorithm = fields.next(SEQUENCE).remaining();
    fields.next(SEQUENCE); // issuer
    DerReader validity = fields.next(SEQUENCE);
    notBefore = instant(validity.next());
    notAfter = instant(validity.last());
    commonNames = commonNames(fields.next(SEQUENCE));
    keyInfo = fields.next().whole().remaining();
    while (fields.peek() == ISSUER_UNIQUE_ID || fields.peek() == SUBJECT_UNIQUE_ID) {
      fields.next();
    }
    extensions =
        fields.hasNext()
            ? extensions(fields.last().as(EXTENSIONS_TAG).last().as(SEQUENCE))
            : List.of();
  }

  /**
   * Reads a certificate.
   *
   * @param der the certificate, nothing after it
   * @throws EvidenceException {@link Refusal#VCEK_MALFORMED} if this is not an X.509 certificate
   */
  public static VcekCertificate parse(byte[] der) {
    if (der.length > MAX_SIZE) {
      throw EvidenceException.because(Refusal.VCEK_MALFORMED, "more than " + MAX_SIZE + " bytes");
    }
    try {
      return new VcekCertificate(der.clone());
    } catch (DerException e) {
      throw EvidenceException.because(Refusal.VCEK_MALFORMED, e.getMessage());
    }
  }

  private static List<String> commonNames(DerReader name) throws DerException {
    List<String> found = new ArrayList<>();
    while (name.hasNext()) {
      DerReader set = name.next(SET);
      while (set.hasNext()) {
        DerReader attribute = set.next(SEQUENCE);
        String oid = hex(attribute.next(OBJECT_IDENTIFIER).remaining());
        byte[] value = attribute.last().content().remaining();
        if (oid.equals(COMMON_NAME)) {
          found.add(new String(value, StandardCharsets.UTF_8));
        }
      }
    }
    return List.copyOf(found);
  }

  private static List<Extension> extensions(DerReader list) throws DerException {
    List<Extension> found = new ArrayList<>();
    while (list.hasNext()) {
      DerReader extension = list.next(SEQUENCE);
      String oid = hex(extension.next(OBJECT_IDENTIFIER).remaining());
      if (extension.peek() == BOOLEAN) {
        extension.next();
      }
      found.add(new Extension(oid, extension.last().as(OCTET_STRING).remaining()));
    }
    return List.copyOf(found);
  }

  private static Instant instant(DerReader.Element time) throws DerException {
    String text = new String(time.content().remaining(), StandardCharsets.US_ASCII);
    if (time.tag() == UTC_TIME) {
      text = (text.compareTo("50") < 0 ? "20" : "19") + text; // RFC 5280, 4.1.2.5.1
    } else if (time.tag() != DerReader.GENERALIZED_TIME) {
      throw new DerException("validity is not a time");
    }
    if (!TIME.matcher(text).matches()) {
      throw new DerException("validity is not a time");
    }
    try {
      return LocalDateTime.of(
              number(text, 0, 4),
              number(text, 4, 6),
              number(text, 6, 8),
              number(text, 8, 10),
              number(text, 10, 12),
              number(text, 12, 14))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new DerException("validity is not a time");
    }
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  /** The certificate as received. */
  public byte[] der() {
    return der.clone();
  }

  /**
   * The common name of the subject; empty if there is none or several. {@code SEV-VCEK} in real
   * ones.
   */
  public Optional<String> commonName() {
    return commonNames.size() == 1 ? Optional.of(commonNames.get(0)) : Optional.empty();
  }

  /** By which its issuer knows it; AMD gives all VCEKs the number 0. */
  public BigInteger serialNumber() {
    return serialNumber;
  }

  /** Whether the time lies in the validity period: not before its start, and before its end. */
  public boolean isValidAt(Instant time) {
    return !time.isBefore(notBefore) && time.isBefore(notAfter);
  }

  public Instant notBefore() {
    return notBefore;
  }

  public Instant notAfter() {
    return notAfter;
  }

  /** Whether the key made the signature: RSASSA-PSS with the parameters the certificate states. */
  public boolean isSignedBy(PublicKey issuer) {
    // RFC 5280, 4.1.1.2: only the inner one of the two is signed.
    if (!Arrays.equals(signatureAlgorithm, signedAlgorithm)) {
      return false;
    }
    try {
      DerReader algorithm = DerReader.of(signatureAlgorithm);
      if (!hex(algorithm.next(OBJECT_IDENTIFIER).remaining()).equals(RSASSA_PSS)) {
        return false;
      }
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      parameters.init(algorithm.last().whole().remaining());
      Signature verifier = Signature.getInstance("RSASSA-PSS");
      verifier.setParameter(parameters.getParameterSpec(PSSParameterSpec.class));
      verifier.initVerify(issuer);
      verifier.update(signedPart);
      return verifier.verify(signature);
    } catch (DerException | IOException | GeneralSecurityException e) {
      return false; // parameters that are none, or a signature of another size
    }
  }

  /** The certified key; empty if it is not a key on an elliptic curve that Java knows. */
  public Optional<PublicKey> publicKey() {
    try {
      return Optional.of(
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(keyInfo)));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /**
   * A security version number.
   *
   * @return 0 to 255
   * @throws EvidenceException {@link Refusal#VCEK_EXTENSION} if the extension is absent, there
   *     twice, or not such a number
   */
  public int securityVersion(Field field) {
    try {
      byte[] value = DerReader.of(extension(field)).last().as(INTEGER).remaining();
      boolean fits = value.length == 1 || (value.length == 2 && value[0] == 0);
      if (!fits || (value.length == 1 && value[0] < 0)) {
        throw EvidenceException.of(Refusal.VCEK_EXTENSION, "Unexpected data size");
      }
      return Byte.toUnsignedInt(value[value.length - 1]);
    } catch (DerException e) {
      throw EvidenceException.of(Refusal.VCEK_EXTENSION, e.getMessage());
    }
  }

  /**
   * The identity of the chip: 64 bytes, or 8 for Turin; written with or without a DER OCTET STRING
   * around it.
   *
   * @throws EvidenceException {@link Refusal#VCEK_EXTENSION} if the extension is absent, there
   *     twice, or of another size
   */
  public byte[] hardwareId() {
    byte[] value = extension(Field.HARDWARE_ID);
    if (value.length == 64 || value.length == 8) {
      return value;
    }
    try {
      byte[] wrapped = DerReader.of(value).last().as(OCTET_STRING).remaining();
      if (wrapped.length == 64 || wrapped.length == 8) {
        return wrapped;
      }
      throw EvidenceException.of(Refusal.VCEK_EXTENSION, "Unexpected data size");
    } catch (DerException e) {
      throw EvidenceException.of(Refusal.VCEK_EXTENSION, e.getMessage());
    }
  }

  private byte[] extension(Field field) {
    List<Extension> found = extensions.stream().filter(e -> e.oid().equals(field.oid)).toList();
    if (found.isEmpty()) {
      throw EvidenceException.of(Refusal.VCEK_EXTENSION);
    }
    if (found.size() > 1) {
      throw EvidenceException.of(Refusal.VCEK_EXTENSION, "duplicate extensions");
    }
    return found.get(0).value().clone();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
