package dev.cocolab.lab.authority;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** PEM text (RFC 7468) of certificates and PKCS #8 keys. */
final class PemText {
  private PemText() {}

  static String of(X509Certificate certificate) {
    return write(certificate);
  }

  static String of(PrivateKey key) {
    try {
      return write(new JcaPKCS8Generator(key, null).generate());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String of(PublicKey key) {
    return write(key);
  }

  /** The first certificate and the first key in the text, in any order. */
  static Pair parse(String text) throws IOException {
    X509Certificate certificate = null;
    PrivateKey key = null;
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof X509CertificateHolder holder && certificate == null) {
          certificate = new JcaX509CertificateConverter().getCertificate(holder);
        } else if (part instanceof PrivateKeyInfo info && key == null) {
          key = new JcaPEMKeyConverter().getPrivateKey(info);
        }
      }
    } catch (CertificateException e) {
      throw new IOException("the certificate does not parse", e);
    }
    if (certificate == null || key == null) {
      throw new IOException("a certificate and a key are expected");
    }
    return new Pair(certificate, key);
  }

  record Pair(X509Certificate certificate, PrivateKey key) {}

  private static String write(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
