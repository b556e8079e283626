package dev.cocolab.evidence.tpm;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Objects;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Reads the public part of an attestation key as the guest sent it. */
final class AttestationKey {

  private static final int MIN_BITS = 1024;
  private static final int MAX_BITS = 4096;

  /** TPM 2.0 part 2, TPMS_RSA_PARMS. */
  private static final int MAX_EXPONENT_BITS = 32;

  private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(3);

  /** That of RSA-4096 has 550 bytes; also bounds how deep hostile structures nest. */
  private static final int MAX_SIZE = 1024;

  private AttestationKey() {}

  /**
   * The key in a DER SubjectPublicKeyInfo.
   *
   * @throws EvidenceException {@link Refusal#TPM_AK_MALFORMED}, bytes after the structure included;
   *     {@link Refusal#TPM_AK_UNSUPPORTED} for other algorithms and sizes
   */
  static PublicKey parse(byte[] der) {
    if (der.length > MAX_SIZE) {
      throw unsupported(der.length + " bytes");
    }
    SubjectPublicKeyInfo info = read(der);
    if (!PKCSObjectIdentifiers.rsaEncryption.equals(info.getAlgorithm().getAlgorithm())) {
      throw unsupported("algorithm " + info.getAlgorithm().getAlgorithm());
    }
    RSAPublicKey rsa = readRsa(info);
    BigInteger modulus = rsa.getModulus();
    BigInteger exponent = rsa.getPublicExponent();
    if (modulus.bitLength() < MIN_BITS || modulus.bitLength() > MAX_BITS) {
      throw unsupported(modulus.bitLength() + " bits");
    }
    if (exponent.bitLength() > MAX_EXPONENT_BITS
        || exponent.compareTo(MIN_EXPONENT) < 0
        || !exponent.testBit(0)
        || !modulus.testBit(0)) {
      throw unsupported("modulus or exponent of no TPM");
    }
    try {
      return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    } catch (GeneralSecurityException e) {
      throw malformed("modulus and exponent do not fit");
    }
  }

  private static SubjectPublicKeyInfo read(byte[] der) {
    try {
      return Objects.requireNonNull(
          SubjectPublicKeyInfo.getInstance(ASN1Primitive.fromByteArray(der)));
    } catch (IOException | RuntimeException e) { // the parser throws what it likes
      throw malformed("not a SubjectPublicKeyInfo");
    }
  }

  private static RSAPublicKey readRsa(SubjectPublicKeyInfo info) {
    try {
      return Objects.requireNonNull(RSAPublicKey.getInstance(info.parsePublicKey()));
    } catch (IOException | RuntimeException e) { // the parser throws what it likes
      throw malformed("not an RSAPublicKey");
    }
  }

  private static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.TPM_AK_MALFORMED, cause);
  }

  private static EvidenceException unsupported(String cause) {
    return EvidenceException.because(Refusal.TPM_AK_UNSUPPORTED, cause);
  }
}
