package dev.cocolab.load;

import dev.cocolab.load.LoadException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Whose certificates a client believes, and TLS that resumes nothing. */
final class ServerTrust {
  private final TrustManager[] managers;

  private ServerTrust(TrustManager[] managers) {
    this.managers = managers;
  }

  /**
   * Trust in these certificates, or in those of the Java runtime.
   *
   * @throws LoadException BAD_INPUT when the text holds no certificate
   */
  static ServerTrust of(Optional<String> pem) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(pem.isPresent() ? store(pem.get()) : null);
      return new ServerTrust(factory.getTrustManagers());
    } catch (GeneralSecurityException | IOException e) {
      throw new LoadException(
          Reason.BAD_INPUT, "the trusted certificates cannot be read: " + e.getMessage(), e);
    }
  }

  private static KeyStore store(String pem) throws GeneralSecurityException, IOException {
    Collection<? extends Certificate> certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
    if (certificates.isEmpty()) {
      throw new IOException("there is no PEM certificate");
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int count = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("ca-" + count++, certificate);
    }
    return store;
  }

  /** A context of its own for one connection: what it remembers of the session dies with it. */
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS in this Java platform", e);
    }
  }
}
