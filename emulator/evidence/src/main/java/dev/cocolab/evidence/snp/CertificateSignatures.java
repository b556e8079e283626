package dev.cocolab.evidence.snp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Who signed which certificate. Signatures that were found good are remembered by the bytes of the
 * certificate and of the key, a bounded number of them: an endorsement key serves a chip for years,
 * and its guests attest with the same certificates again and again. Whatever else speaks against a
 * certificate is for the caller to check, each time. Safe for use by several threads.
 */
final class CertificateSignatures {

  /** A certificate has at most 64 KiB, real ones 2 KiB. */
  private static final int REMEMBERED = 256;

  private record Pair(ByteBuffer certificate, ByteBuffer issuerKey) {}

  private final Map<Pair, Boolean> good =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Whether the issuer's key signed the certificate. */
  boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    PublicKey key = issuer.getPublicKey();
    try {
      return remember(certificate.getEncoded(), key, () -> verifies(certificate, key));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read has an encoding", e);
    }
  }

  /** Whether the issuer's key signed the endorsement key's certificate. */
  boolean isSignedBy(VcekCertificate vek, X509Certificate issuer) {
    PublicKey key = issuer.getPublicKey();
    return remember(vek.der(), key, () -> vek.isSignedBy(key));
  }

  private static boolean verifies(X509Certificate certificate, PublicKey key) {
    try {
      certificate.verify(key);
      return true;
    } catch (GeneralSecurityException e) {
      return false; // an answer, not a failure
    }
  }

  private boolean remember(byte[] certificate, PublicKey issuerKey, BooleanSupplier check) {
    Pair pair = new Pair(ByteBuffer.wrap(certificate), ByteBuffer.wrap(issuerKey.getEncoded()));
    synchronized (good) {
      if (good.get(pair) != null) {
        return true;
      }
    }
    boolean signed = check.getAsBoolean();
    if (signed) {
      synchronized (good) {
        good.put(pair, true);
      }
    }
    return signed;
  }
}
