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
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.List;

/** The signatures of a quote from the body up to the root, checked with the JDK alone. */
public final class QuoteProof {

  private QuoteProof() {}

  /** Holds if every signature does. */
  public static void check(TdxQuote quote, X509Certificate root) throws GeneralSecurityException {
    QuoteSignature data = quote.signature();
    byte[] key = data.attestationKey();
    assertThat(verify(point(key), quote.signedBytes(), data.signature())).as("quote").isTrue();
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(key);
    byte[] bound = Arrays.copyOf(sha256.digest(data.qeAuthData()), 64);
    assertThat(data.qeReport().get(QeReport.Field.REPORT_DATA)).as("binding").isEqualTo(bound);
    byte[] pem = data.certificates();
    assertThat(pem[pem.length - 1]).as("NUL").isZero();
    List<X509Certificate> chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem, 0, pem.length - 1))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    PublicKey pck = chain.get(0).getPublicKey();
    assertThat(verify(pck, data.qeReport().bytes(), data.qeReportSignature())).as("QE").isTrue();
    chain.get(0).verify(chain.get(1).getPublicKey());
    chain.get(1).verify(chain.get(2).getPublicKey());
    assertThat(chain.get(2)).isEqualTo(root);
  }

  private static boolean verify(PublicKey key, byte[] content, byte[] raw)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initVerify(key);
    signature.update(content);
    return signature.verify(raw);
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
