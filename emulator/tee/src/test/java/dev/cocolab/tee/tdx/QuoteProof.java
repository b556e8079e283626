package dev.cocolab.tee.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.tdx.QeReport;
import dev.cocolab.evidence.tdx.QuoteSignature;
import dev.cocolab.evidence.tdx.TdxQuote;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The signatures of a quote from the root down to the body, checked with the JDK alone. */
public final class QuoteProof {

  private QuoteProof() {}

  /** Holds if every signature does. */
  public static void check(TdxQuote quote, X509Certificate root) throws GeneralSecurityException {
    assertThat(broken(quote, root)).as("broken step").isEmpty();
  }

  /** The first step that does not hold, in the order of Intel's appraisal. */
  public static Optional<String> broken(TdxQuote quote, X509Certificate root)
      throws GeneralSecurityException {
    QuoteSignature data = quote.signature();
    List<X509Certificate> chain;
    try {
      byte[] pem = data.certificates();
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem, 0, pem.length - 1))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (CertificateException e) {
      return Optional.of("certificates");
    }
    if (!chain.get(2).equals(root)
        || !signed(chain.get(1), chain.get(2))
        || !signed(chain.get(0), chain.get(1))) {
      return Optional.of("chain");
    }
    PublicKey pck = chain.get(0).getPublicKey();
    if (!verify(pck, data.qeReport().bytes(), data.qeReportSignature())) {
      return Optional.of("qe-signature");
    }
    byte[] key = data.attestationKey();
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(key);
    byte[] bound = Arrays.copyOf(sha256.digest(data.qeAuthData()), 64);
    if (!Arrays.equals(data.qeReport().get(QeReport.Field.REPORT_DATA), bound)) {
      return Optional.of("qe-binding");
    }
    return verify(point(key), quote.signedBytes(), data.signature())
        ? Optional.empty()
        : Optional.of("quote-signature");
  }

  private static boolean signed(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean verify(PublicKey key, byte[] content, byte[] raw) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initVerify(key);
      signature.update(content);
      return signature.verify(raw);
    } catch (GeneralSecurityException e) {
      return false; // no point of the curve
    }
  }

  private static PublicKey point(byte[] xy) throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec("secp256r1"));
    ECPoint point =
        new ECPoint(
            new BigInteger(1, Arrays.copyOf(xy, 32)),
            new BigInteger(1, Arrays.copyOfRange(xy, 32, 64)));
    return KeyFactory.getInstance("EC")
        .generatePublic(
            new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class)));
  }
}
