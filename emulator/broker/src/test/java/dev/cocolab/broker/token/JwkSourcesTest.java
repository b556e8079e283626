package dev.cocolab.broker.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.cocolab.broker.failure.BrokerException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where trusted keys come from: upstream's cases, and a server of issuers. */
class JwkSourcesTest {
  private static final String EMPTY = "{\"keys\":[]}";

  /** Keys of an algorithm that nobody knows must not keep the others from being read. */
  private static final String ODD =
      "{\"keys\":[{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"hmac\",\"k\":\"c2VjcmV0\"},"
          + "{\"kty\":\"oct\",\"alg\":\"COCO42\",\"kid\":\"odd\",\"k\":\"c2VjcmV0\"}]}";

  @TempDir Path root;
  private final Map<String, String> served = new HashMap<>();
  private HttpsServer server;
  private JwkSources sources;
  private String url;

  @BeforeEach
  void serve() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair key = generator.generateKeyPair();
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=localhost"),
            BigInteger.ONE,
            Date.from(Instant.parse("2020-01-01T00:00:00Z")),
            Date.from(Instant.parse("2049-01-01T00:00:00Z")),
            new X500Name("CN=localhost"),
            key.getPublic());
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    X509Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(
                    new JcaContentSignerBuilder("SHA256withRSA").build(key.getPrivate())));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("key", key.getPrivate(), new char[0], new Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("key", certificate);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext("/", this::answer);
    server.start();
    url = "https://127.0.0.1:" + server.getAddress().getPort();
    sources =
        new JwkSources(
            name -> root.resolve(name.substring(1)),
            () -> HttpClient.newBuilder().sslContext(tls).build());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = served.get(exchange.getRequestURI().getPath());
    byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(body == null ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void assertRefused(String source, BrokerException.Reason reason, String why) {
    assertThatThrownBy(() -> sources.load(source))
        .isInstanceOfSatisfying(
            BrokerException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(why);
  }

  @Test
  @DisplayName("upstream: get_jwks_from_file_or_url, sources that are none")
  void sourcesThatAreNone() {
    assertRefused("https://", BrokerException.Reason.FILE, "https://");
    assertRefused(
        "http://example.com", BrokerException.Reason.CONFIGURATION, "only https:// and files");
    assertRefused("file:///absent.json", BrokerException.Reason.FILE, "/absent.json");
    assertRefused("/absent.json", BrokerException.Reason.FILE, "/absent.json");
  }

  @Test
  @DisplayName("upstream: JWK sets with HS256 and with an unknown algorithm are readable")
  void setsOfAnyAlgorithm() throws Exception {
    Files.writeString(root.resolve("keys.json"), ODD);

    for (String source : new String[] {"/keys.json", "file:///keys.json"}) {
      JWKSet set = sources.load(source);
      assertThat(set.getKeyByKeyId("hmac")).isNotNull();
      assertThat(set.getKeyByKeyId("odd").getAlgorithm().getName()).isEqualTo("COCO42");
    }
  }

  @Test
  void aSetAtAnAddressIsTakenAsItIs() {
    served.put("/jwks", ODD);

    assertThat(sources.load(url + "/jwks").size()).isEqualTo(2);
  }

  @Test
  @DisplayName("upstream: discovery at the base with and without a slash")
  void anIssuersSetIsFoundByDiscovery() {
    served.put("/.well-known/openid-configuration", "{\"jwks_uri\":\"" + url + "/keys\"}");
    served.put("/keys", ODD);

    assertThat(sources.load(url).size()).isEqualTo(2);
    assertThat(sources.load(url + "/").size()).isEqualTo(2);
  }

  @Test
  void whatIsNeitherSetNorIssuerIsRefusedWithTheReason() {
    assertRefused(
        url, BrokerException.Reason.FILE, "/.well-known/openid-configuration: answered 404");
    served.put("/.well-known/openid-configuration", "[");
    assertRefused(url, BrokerException.Reason.KEY, "not JSON");
    served.put("/.well-known/openid-configuration", "{\"jwks_uri\":\"http://x/\"}");
    assertRefused(url, BrokerException.Reason.KEY, "no https:// address in `jwks_uri`");
    served.put("/.well-known/openid-configuration", "{\"jwks_uri\":\"" + url + "/keys\"}");
    served.put("/keys", "{}");
    assertRefused(url, BrokerException.Reason.KEY, "/keys: not a JWK set");
    served.put("/keys", EMPTY.replace("]", " ".repeat(1 << 20) + "]"));
    assertRefused(url, BrokerException.Reason.FILE, "larger than 1048576 bytes");
  }

  @Test
  void aServerThatIsNotTrustedIsRefused() {
    served.put("/jwks", EMPTY);

    assertThatThrownBy(() -> new JwkSources(name -> root).load(url + "/jwks"))
        .isInstanceOf(BrokerException.class)
        .hasMessageStartingWith(url);
  }
}
