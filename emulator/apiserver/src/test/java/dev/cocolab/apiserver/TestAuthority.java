package dev.cocolab.apiserver;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import javax.net.SocketFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that lives as long as a test. */
public final class TestAuthority {
  private static final Duration LIFE = Duration.ofDays(1);

  private final X500Name name;
  private final KeyPair keys = newKeys();
  private final X509CertificateHolder certificate;
  private long serial = 1;

  public TestAuthority(String commonName) {
    this.name = new X500Name("CN=" + commonName);
    this.certificate = sign(name, keys, true, "");
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public String pem() {
    return pem(certificate);
  }

  /** Sockets of TLS that trust this authority and show no certificate. */
  public SocketFactory sockets() {
    return RawClient.context(pem(), Optional.empty()).getSocketFactory();
  }

  /** TLS over a connection that is there. */
  public Socket tls(Socket plain, String host, int port) throws IOException {
    return RawClient.context(pem(), Optional.empty())
        .getSocketFactory()
        .createSocket(plain, host, port, true);
  }

  /** Identity of a server on a loopback address. */
  public PemIdentity server(String ip) {
    return identity("CN=server", ip);
  }

  /** Identity of a client; each group becomes an O. */
  public PemIdentity client(String user, String... groups) {
    StringBuilder subject = new StringBuilder("CN=" + user.replace("+", "\\+"));
    for (String group : groups) {
      subject.append(",O=").append(group);
    }
    return identity(subject.toString(), "");
  }

  private PemIdentity identity(String subject, String ip) {
    KeyPair own = newKeys();
    try {
      String key = pem(new JcaPKCS8Generator(own.getPrivate(), null).generate());
      return new PemIdentity(pem(sign(new X500Name(subject), own, false, ip)), key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private X509CertificateHolder sign(X500Name subject, KeyPair own, boolean authority, String ip) {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(serial++),
            Date.from(now.minusSeconds(60)),
            Date.from(now.plus(LIFE)),
            subject,
            own.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (!authority) {
        KeyPurposeId purpose =
            ip.isEmpty() ? KeyPurposeId.id_kp_clientAuth : KeyPurposeId.id_kp_serverAuth;
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      }
      if (!ip.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.iPAddress, ip)));
      }
      return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
