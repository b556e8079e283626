package dev.cocolab.guest;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** TLS roots: those of the VM image, and one more from a configuration. */
final class TrustRoots {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");

  private TrustRoots() {}

  /**
   * The first certificate of a PEM text; throws {@link IllegalArgumentException} when there is
   * none.
   */
  static X509Certificate certificate(String pem) {
    Matcher matcher = PEM.matcher(pem);
    if (!matcher.find()) {
      throw new IllegalArgumentException("no PEM certificate");
    }
    try {
      byte[] block = matcher.group().getBytes(StandardCharsets.US_ASCII);
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("the PEM certificate does not parse", e);
    }
  }

  /** The system's roots and these; no system roots means the Java runtime's. */
  static List<X509Certificate> with(List<X509Certificate> system, List<X509Certificate> extra) {
    if (extra.isEmpty()) {
      return system;
    }
    List<X509Certificate> all = new ArrayList<>(system.isEmpty() ? runtimeRoots() : system);
    all.addAll(extra);
    return all;
  }

  private static List<X509Certificate> runtimeRoots() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      List<X509Certificate> roots = new ArrayList<>();
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          roots.addAll(List.of(x509.getAcceptedIssuers()));
        }
      }
      return roots;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the Java runtime has no trust store", e);
    }
  }
}
