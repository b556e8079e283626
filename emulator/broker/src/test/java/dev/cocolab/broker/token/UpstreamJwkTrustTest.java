package dev.cocolab.broker.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import dev.cocolab.broker.failure.BrokerException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Upstream's seven scenarios of trust in the key of a token's header, with whole tokens. */
@DisplayName("upstream: test_verify_jwk_endorsement_scenarios")
class UpstreamJwkTrustTest {
  private final KeyPair rootKey = pair();
  private final KeyPair firstKey = pair();
  private final KeyPair secondKey = pair();
  private final KeyPair leafKey = pair();
  private final X509Certificate root = certificate("root", rootKey, "root", rootKey, true);
  private final X509Certificate first = certificate("first", firstKey, "root", rootKey, true);
  private final X509Certificate second = certificate("second", secondKey, "first", firstKey, true);
  private final X509Certificate leaf = certificate("leaf", leafKey, "second", secondKey, false);
  private final X509Certificate short1 = certificate("leaf", leafKey, "root", rootKey, false);

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(
      String subject, KeyPair key, String issuer, KeyPair issuerKey, boolean authority) {
    try {
      PrivateKey signer = issuerKey.getPrivate();
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + issuer),
              BigInteger.ONE,
              Date.from(Instant.parse("2020-01-01T00:00:00Z")),
              Date.from(Instant.parse("2049-01-01T00:00:00Z")),
              new X500Name("CN=" + subject),
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String token(KeyPair key, X509Certificate... chain) {
    try {
      List<Base64> x5c = new ArrayList<>();
      for (X509Certificate one : chain) {
        x5c.add(Base64.encode(one.getEncoded()));
      }
      ECKey.Builder jwk =
          new ECKey.Builder(Curve.P_256, (ECPublicKey) key.getPublic())
              .algorithm(JWSAlgorithm.ES256);
      String json = jwk.build().toJSONString();
      if (!x5c.isEmpty()) {
        json =
            json.substring(0, json.length() - 1)
                + ",\"x5c\":[\""
                + String.join("\",\"", x5c.stream().map(Base64::toString).toList())
                + "\"]}";
      }
      // By hand: the library makes no header whose chain does not fit its key.
      String input =
          Base64URL.encode("{\"typ\":\"JWT\",\"alg\":\"ES256\",\"jwk\":" + json + "}")
              + "."
              + Base64URL.encode("{\"exp\":4000000000}");
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + Base64URL.encode(signature.sign());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static TokenVerifier trusting(X509Certificate... anchors) {
    return new TokenVerifier(List.of(), Arrays.asList(anchors), false, Clock.systemUTC());
  }

  private static void assertTrusted(String token, X509Certificate... anchors) {
    assertThat(trusting(anchors).verify(token).path("exp").longValue()).isEqualTo(4000000000L);
  }

  private static void assertRefused(String token, String why, X509Certificate... anchors) {
    assertThatThrownBy(() -> trusting(anchors).verify(token))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(BrokerException.Reason.TOKEN);
              assertThat(e.chain()).contains(why);
            });
  }

  @Test
  @DisplayName("01: a leaf under a self-signed root is trusted")
  void leafUnderRoot() {
    assertTrusted(token(leafKey, short1), root);
  }

  @Test
  @DisplayName("02: a leaf with another key than the JWK is refused")
  void anotherKey() {
    assertRefused(
        token(firstKey, short1),
        "public subject key info of the first X.509 certificate in the chain must match",
        root);
  }

  @Test
  @DisplayName("03: a JWK without x5c is refused")
  void withoutChain() {
    assertRefused(token(leafKey), "No x5c extension inside JWK. Invalid public key.", root);
  }

  @Test
  @DisplayName("04: another anchor refuses")
  void anotherAnchor() {
    KeyPair other = pair();
    assertRefused(
        token(leafKey, short1),
        "JWK cannot be validated by trust anchor",
        certificate("root", other, "root", other, true));
  }

  @Test
  @DisplayName("05: leaf and intermediates under a trusted root are trusted")
  void leafAndIntermediates() {
    assertTrusted(token(leafKey, leaf, second, first), root);
  }

  @Test
  @DisplayName("06: intermediates in any order, trust file in any order")
  void shuffled() {
    KeyPair other = pair();
    assertTrusted(
        token(leafKey, leaf, first, second),
        certificate("unrelated", other, "unrelated", other, true),
        root);
  }

  @Test
  @DisplayName("07: some of the intermediates are in the trust file only")
  void partialChain() {
    assertTrusted(token(leafKey, leaf, second), first, root);
    assertRefused(token(leafKey, leaf, second), "JWK cannot be validated by trust anchor", root);
  }
}
