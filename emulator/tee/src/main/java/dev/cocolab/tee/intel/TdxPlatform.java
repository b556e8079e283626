package dev.cocolab.tee.intel;

import dev.cocolab.evidence.tdx.QeReport;
import dev.cocolab.evidence.tdx.QuoteHeader;
import dev.cocolab.evidence.tdx.QuoteSignature;
import dev.cocolab.evidence.tdx.TdBody;
import dev.cocolab.evidence.tdx.TdReport;
import dev.cocolab.evidence.tdx.TdxQuote;
import dev.cocolab.tee.keys.CertifiedKey;
import dev.cocolab.tee.keys.EmulatedKeys;
import dev.cocolab.tee.keys.EmulatedKeys.Role;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * An emulated processor with TDX and its quoting enclave: it makes TDREPORTs, and quotes of them
 * (Intel TDX DCAP quoting library API). Safe for use by several threads.
 */
public final class TdxPlatform {

  private static final int HASHED_SIZE = 224;
  private static final int MAC_SIZE = 32;
  private static final int COORDINATE_SIZE = 32;
  private static final int QE_ID_SIZE = 16;
  private static final int USER_DATA_SIZE = 20;
  private static final int REPORT_DATA_SIZE = 64;
  private static final int AUTH_DATA_SIZE = 32;
  private static final byte[] INTEL_QE =
      HexFormat.of().parseHex("939a7233f79c4ca9940a0db3957f0607");
  private static final byte[] QE_ATTRIBUTES =
      HexFormat.of().parseHex("1500000000000000e700000000000000");

  private final PlatformTcb tcb;
  private final CertifiedKey pck;
  private final IntelKeys authorities;
  private final SecureRandom random;
  private final KeyPair attestation;
  private final byte[] macKey = new byte[MAC_SIZE];
  private final byte[] qeId = new byte[QE_ID_SIZE];

  TdxPlatform(
      PlatformTcb tcb,
      X509Certificate certificate,
      PrivateKey pck,
      IntelKeys authorities,
      SecureRandom random) {
    this.tcb = tcb;
    this.pck = new CertifiedKey(certificate, pck);
    this.authorities = authorities;
    this.random = random;
    this.attestation = IntelCertificates.newKey(random);
    random.nextBytes(macKey);
    random.nextBytes(qeId);
  }

  /** The security versions of the platform. */
  public PlatformTcb tcb() {
    return tcb;
  }

  /** The 16 components of the TDX module, as in TD reports. */
  public byte[] teeTcbSvn() {
    return PlatformTcb.bytes(tcb.tdx());
  }

  /** Certificate of the key that vouches for the quoting enclave. */
  public X509Certificate pckCertificate() {
    return pck.certificate();
  }

  /** The PCK certificate, the platform authority and the root, PEM. */
  public String pckChain() {
    return IntelCollateral.pem(pck.certificate())
        + IntelCollateral.pem(authorities.platformCa().certificate())
        + IntelCollateral.pem(authorities.root().certificate());
  }

  /** The report that the processor makes for its quoting enclave. */
  public TdReport report(TdBody body) {
    byte[] cpuSvn = PlatformTcb.bytes(tcb.sgx());
    byte[] unsealed = TdReport.of(body, cpuSvn, new byte[MAC_SIZE]).bytes();
    return TdReport.of(body, cpuSvn, mac(Arrays.copyOf(unsealed, HASHED_SIZE)));
  }

  /**
   * Makes a quote.
   *
   * @param version 4 for bodies of TDX 1.0, 5 for any
   * @throws IllegalArgumentException if version and size of the body do not go together
   */
  public TdxQuote quote(int version, TdBody body) {
    QuoteHeader header =
        new QuoteHeader(
            version,
            QuoteHeader.ECDSA_P256,
            QuoteHeader.TDX,
            new byte[Integer.BYTES],
            INTEL_QE,
            Arrays.copyOf(qeId, USER_DATA_SIZE));
    byte[] auth = new byte[AUTH_DATA_SIZE];
    for (int i = 0; i < auth.length; i++) {
      auth[i] = (byte) i; // what the quoting enclave of every platform seen writes
    }
    byte[] key = attestationKey();
    QeReport enclave = quotingEnclave(sha256(key, auth));
    byte[] signature = sign(attestation.getPrivate(), TdxQuote.signedBytes(header, body));
    return TdxQuote.of(
        header,
        body,
        new QuoteSignature(
            signature,
            key,
            enclave,
            sign(pck.key(), enclave.bytes()),
            auth,
            (pckChain() + "\0").getBytes(StandardCharsets.US_ASCII)));
  }

  private QeReport quotingEnclave(byte[] bound) {
    byte[] identity =
        sha256("CoCoLab quoting enclave".getBytes(StandardCharsets.US_ASCII), new byte[0]);
    return QeReport.zero()
        .with(QeReport.Field.CPU_SVN, PlatformTcb.bytes(tcb.sgx()))
        .with(QeReport.Field.ATTRIBUTES, QE_ATTRIBUTES)
        .with(QeReport.Field.MR_ENCLAVE, identity)
        .with(QeReport.Field.MR_SIGNER, IntelCollateral.QE_SIGNER)
        .with(QeReport.Field.ISV_PROD_ID, littleEndian(IntelCollateral.QE_PRODUCT))
        .with(QeReport.Field.ISV_SVN, littleEndian(tcb.qeSvn()))
        .with(QeReport.Field.REPORT_DATA, Arrays.copyOf(bound, REPORT_DATA_SIZE));
  }

  private static byte[] littleEndian(int value) {
    return new byte[] {(byte) value, (byte) (value >> Byte.SIZE)};
  }

  private byte[] attestationKey() {
    ECPublicKey key = (ECPublicKey) attestation.getPublic();
    byte[] point = new byte[2 * COORDINATE_SIZE];
    put(point, 0, key.getW().getAffineX());
    put(point, COORDINATE_SIZE, key.getW().getAffineY());
    return point;
  }

  private static void put(byte[] point, int offset, BigInteger coordinate) {
    for (int i = 0; i < COORDINATE_SIZE; i++) {
      int shift = Byte.SIZE * (COORDINATE_SIZE - 1 - i);
      point[offset + i] = coordinate.shiftRight(shift).byteValue();
    }
  }

  /** What the processor, its quoting enclave and the authority above sign. */
  public EmulatedKeys signers() {
    return EmulatedKeys.none()
        .with(Role.TD_REPORT, this::mac)
        .with(Role.TDX_QUOTE, content -> sign(attestation.getPrivate(), content))
        .with(Role.QE_REPORT, content -> sign(pck.key(), content))
        .with(Role.PCK, this::certify);
  }

  private byte[] mac(byte[] content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(macKey, "HmacSHA256"));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no HMAC-SHA-256 in this Java platform", e);
    }
  }

  private byte[] sign(PrivateKey key, byte[] content) {
    return sign("SHA256withECDSAinP1363Format", key, content);
  }

  private byte[] certify(byte[] content) {
    return sign("SHA256withECDSA", authorities.platformCa().key(), content);
  }

  private byte[] sign(String algorithm, PrivateKey key, byte[] content) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key, random);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no P-256 in this Java platform", e);
    }
  }

  private static byte[] sha256(byte[] first, byte[] second) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(first);
      return sha256.digest(second);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no SHA-256 in this Java platform", e);
    }
  }
}
