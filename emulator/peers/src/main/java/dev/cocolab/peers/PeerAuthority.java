package dev.cocolab.peers;

import dev.cocolab.peers.PeerException.Reason;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that lives as long as a control plane (RFC 5280; keys on secp256r1). */
final class PeerAuthority {
  private static final Duration LIFE = Duration.ofDays(1);
  private static final String LOOPBACK = "127.0.0.1";

  private final Clock clock;
  private final X500Name name;
  private final KeyPair keys = newKeys();
  private final Identity identity;
  private final Instant end;
  private long serial = 1;

  PeerAuthority(String commonName, Clock clock) {
    this.clock = clock;
    this.end = clock.instant().plus(LIFE);
    this.name = new X500Name("CN=" + commonName);
    this.identity = new Identity(pem(sign(name, keys, List.of())), privatePem(keys));
  }

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw notPrepared(e);
    }
  }

  /** The authority's own certificate and key. */
  Identity own() {
    return identity;
  }

  /** Identity of a server at 127.0.0.1. */
  Identity server(String commonName, String... names) {
    GeneralName[] all =
        Stream.concat(
                Stream.of(new GeneralName(GeneralName.iPAddress, LOOPBACK)),
                Arrays.stream(names).map(host -> new GeneralName(GeneralName.dNSName, host)))
            .toArray(GeneralName[]::new);
    return issue(new X500Name("CN=" + commonName), KeyPurposeId.id_kp_serverAuth, all);
  }

  /** Identity of a client; each group becomes an O. */
  Identity client(String user, String... groups) {
    X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE);
    for (String group : groups) {
      subject.addRDN(BCStyle.O, group);
    }
    subject.addRDN(BCStyle.CN, user);
    return issue(subject.build(), KeyPurposeId.id_kp_clientAuth);
  }

  private synchronized Identity issue(X500Name subject, KeyPurposeId use, GeneralName... names) {
    KeyPair own = newKeys();
    return new Identity(pem(sign(subject, own, List.of(use), names)), privatePem(own));
  }

  private X509CertificateHolder sign(
      X500Name subject, KeyPair own, List<KeyPurposeId> uses, GeneralName... names) {
    Instant now = clock.instant();
    boolean authority = uses.isEmpty();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(serial++),
            Date.from(now.minusSeconds(60)),
            Date.from(end),
            subject,
            own.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(
              authority
                  ? KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature
                  : KeyUsage.digitalSignature));
      if (!authority) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(uses.toArray(KeyPurposeId[]::new)));
      }
      if (names.length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    } catch (IOException | OperatorCreationException e) {
      throw notPrepared(e);
    }
  }

  /** PKCS #8. */
  static String privatePem(KeyPair keys) {
    try {
      return pem(new JcaPKCS8Generator(keys.getPrivate(), null).generate());
    } catch (IOException e) {
      throw notPrepared(e);
    }
  }

  static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw notPrepared(e);
    }
    return text.toString();
  }

  private static PeerException notPrepared(Exception cause) {
    return new PeerException(
        Reason.NOT_PREPARED, "Keys or certificates of a peer cannot be made.", cause);
  }
}
