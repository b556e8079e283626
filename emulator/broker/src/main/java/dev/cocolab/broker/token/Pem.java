package dev.cocolab.broker.token;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Keys and certificates in PEM files. Messages name the path inside the container. */
public final class Pem {
  private static final int MAX_BYTES = 1024 * 1024;

  private Pem() {}

  /**
   * Reads a file as text.
   *
   * @throws BrokerException FILE
   */
  public static String read(String name, Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new BrokerException(Reason.FILE, name + " is larger than " + MAX_BYTES + " bytes");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      String why = Files.exists(file) ? e.toString() : "No such file or directory";
      throw new BrokerException(Reason.FILE, name + ": " + why, e);
    }
  }

  /**
   * All certificates of a file, in its order; at least one.
   *
   * @throws BrokerException FILE or KEY
   */
  public static List<X509Certificate> certificates(String name, Path file) {
    String text = read(name, file);
    List<X509Certificate> out = new ArrayList<>();
    try {
      var factory = CertificateFactory.getInstance("X.509");
      var bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
      for (var certificate : factory.generateCertificates(bytes)) {
        out.add((X509Certificate) certificate);
      }
    } catch (CertificateException e) {
      throw new BrokerException(Reason.KEY, name + ": Invalid PEM certificate chain", e);
    }
    if (out.isEmpty()) {
      throw new BrokerException(Reason.KEY, name + ": no certificate in this file");
    }
    return out;
  }

  /**
   * The public key of a file: SubjectPublicKeyInfo.
   *
   * @throws BrokerException FILE or KEY
   */
  public static PublicKey publicKey(String name, Path file) {
    try (PEMParser parser = new PEMParser(new StringReader(read(name, file)))) {
      if (parser.readObject() instanceof SubjectPublicKeyInfo info) {
        return new JcaPEMKeyConverter().getPublicKey(info);
      }
    } catch (IOException e) {
      throw new BrokerException(Reason.KEY, name + ": the public key cannot be read", e);
    }
    throw new BrokerException(Reason.KEY, name + ": no PEM public key in this file");
  }

  /**
   * The private key of a file: PKCS#8, SEC 1 or PKCS#1; what stands before it is skipped.
   *
   * @throws BrokerException FILE or KEY
   */
  public static PrivateKey privateKey(String name, Path file) {
    try (PEMParser parser = new PEMParser(new StringReader(read(name, file)))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object o = parser.readObject(); o != null; o = parser.readObject()) {
        if (o instanceof PEMKeyPair pair) {
          // SEC 1 keys need not hold their public half.
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (o instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
    } catch (PEMException e) {
      throw new BrokerException(Reason.KEY, name + ": not a private key in PEM", e);
    } catch (IOException e) {
      throw new BrokerException(Reason.KEY, name + ": not PEM", e);
    }
    throw new BrokerException(Reason.KEY, name + ": no unencrypted private key in this file");
  }
}
