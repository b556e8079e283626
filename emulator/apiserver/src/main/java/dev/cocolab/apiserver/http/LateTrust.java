package dev.cocolab.apiserver.http;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets any client certificate through the handshake, so that one which is not trusted is answered
 * 401 instead of a broken connection, as Kubernetes does. Trust is decided by {@link
 * dev.cocolab.apiserver.auth.ClientCertificates} for every request. Never used for connections that
 * this server opens: as a client it trusts nobody.
 */
final class LateTrust extends X509ExtendedTrustManager {
  private final X509Certificate[] announced;

  LateTrust(X509Certificate[] announced) {
    this.announced = announced.clone();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {
    // decided later
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
    // decided later
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    // decided later
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("no server is trusted here");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("no server is trusted here");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("no server is trusted here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return announced.clone();
  }
}
