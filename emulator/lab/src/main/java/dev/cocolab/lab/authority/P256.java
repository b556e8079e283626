package dev.cocolab.lab.authority;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * The one curve of a lab's own keys (FIPS 186-5, P-256), which kubectl, curl and cosign all take,
 * and PEM text (RFC 7468) that holds such keys.
 */
final class P256 {
  private P256() {}

  static KeyPair keyPair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  /** The private key (PKCS #8), then the public one. */
  static String pem(KeyPair pair) {
    return PemText.of(pair.getPrivate()) + PemText.of(pair.getPublic());
  }

  /**
   * Reads what {@link #pem} wrote.
   *
   * @param count how many pairs the text must hold
   */
  static List<KeyPair> parse(String text, int count) throws IOException {
    List<PrivateKey> secrets = new ArrayList<>();
    List<PublicKey> publics = new ArrayList<>();
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof PrivateKeyInfo info) {
          secrets.add(converter.getPrivateKey(info));
        } else if (part instanceof SubjectPublicKeyInfo info) {
          publics.add(converter.getPublicKey(info));
        }
      }
    }
    if (secrets.size() != count || publics.size() != count) {
      throw new IOException(
          count == 1 ? "a pair of keys is expected" : count + " pairs of keys are expected");
    }
    List<KeyPair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pairs.add(new KeyPair(publics.get(i), secrets.get(i)));
    }
    return pairs;
  }
}
