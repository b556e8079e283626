package dev.cocolab.peers;

import dev.cocolab.peers.PeerException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Asks whether an address answers 200. */
final class Probe {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final HttpClient client;

  Probe(String caPem, Identity identity) {
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .sslContext(context(caPem, identity))
            .build();
  }

  static boolean plain(URI address) {
    return answers(HttpClient.newBuilder().connectTimeout(LIMIT).build(), address);
  }

  boolean answers(URI address) {
    return answers(client, address);
  }

  private static boolean answers(HttpClient client, URI address) {
    try {
      HttpRequest request = HttpRequest.newBuilder(address).timeout(LIMIT).build();
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerException(Reason.NOT_READY, "The wait for a peer was interrupted.", e);
    }
  }

  private static SSLContext context(String caPem, Identity identity) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", certificate(caPem));
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      String key = identity.keyPem().replaceAll("-----[A-Z ]+-----|\\s", "");
      own.setKeyEntry(
          "own",
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key))),
          new char[0],
          new Certificate[] {certificate(identity.certificatePem())});
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new PeerException(Reason.NOT_PREPARED, "TLS to a peer cannot be set up.", e);
    }
  }

  private static Certificate certificate(String pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }
}
