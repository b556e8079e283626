package dev.cocolab.broker;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokens, keys and certificates for tests. */
final class Tokens {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Tokens() {}

  static JsonNode header(String token) {
    return part(token, 0);
  }

  static JsonNode payload(String token) {
    return part(token, 1);
  }

  private static JsonNode part(String token, int index) {
    return MAPPER.readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[index]));
  }

  /** A token whose header carries the public half of the key that signs it. */
  static String selfMade(ECKey key, JsonNode payload) throws Exception {
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256).jwk(key.toPublicJWK()).build();
    JWSObject jws = new JWSObject(header, new Payload(payload.toString()));
    jws.sign(new ECDSASigner(key));
    return jws.serialize();
  }

  static X509Certificate certificate(
      String subject, PublicKey key, String issuer, PrivateKey issuerKey, boolean authority)
      throws Exception {
    Instant from = Instant.parse("2020-01-01T00:00:00Z");
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=" + issuer),
            BigInteger.valueOf(subject.hashCode() & 0xffff).add(BigInteger.ONE),
            Date.from(from),
            Date.from(from.plusSeconds(30L * 365 * 86400)),
            new X500Name("CN=" + subject),
            key);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    String algorithm =
        issuerKey.getAlgorithm().startsWith("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(issuerKey)));
  }

  /** The older form of EC keys, as {@code openssl ecparam -genkey} writes it. */
  static String sec1(java.security.interfaces.ECPrivateKey key) throws Exception {
    var form = new ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1);
    return pem(
        new PemObject("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded()),
        new PemObject("EC PRIVATE KEY", form.getEncoded()));
  }

  static String pem(Object... objects) throws Exception {
    StringWriter out = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(out)) {
      for (Object object : objects) {
        pem.writeObject(
            object instanceof PrivateKey key
                ? new PemObject("PRIVATE KEY", key.getEncoded())
                : object);
      }
    }
    return out.toString();
  }
}
