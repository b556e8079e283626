package dev.cocolab.lab.authority;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A request for a certificate (PKCS #10, RFC 2986) with a P-256 key of its own, signed with ECDSA
 * and SHA-256. The key never leaves it but in the {@link Identity}.
 */
public final class CertificateRequest {
  private final KeyPair pair;
  private final PKCS10CertificationRequest request;

  private CertificateRequest(KeyPair pair, PKCS10CertificationRequest request) {
    this.pair = pair;
    this.request = request;
  }

  /**
   * Asks for a client certificate as Kubernetes reads it.
   *
   * @param user subject CN
   * @param group subject O
   */
  public static CertificateRequest client(String user, String group, SecureRandom random) {
    return server(user, group, List.of(), List.of(), random);
  }

  /**
   * Asks for a certificate of a server.
   *
   * @param dnsNames subject alternative names of type DNS
   * @param addresses subject alternative names of type IP, in text form
   */
  public static CertificateRequest server(
      String user,
      String group,
      List<String> dnsNames,
      List<String> addresses,
      SecureRandom random) {
    Objects.requireNonNull(random, "random");
    List<GeneralName> names = new ArrayList<>();
    dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
    KeyPair pair = P256.keyPair(random);
    JcaPKCS10CertificationRequestBuilder builder =
        new JcaPKCS10CertificationRequestBuilder(
            new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, group)
                .addRDN(BCStyle.CN, user)
                .build(),
            pair.getPublic());
    try {
      if (!names.isEmpty()) {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
        builder.addAttribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
      }
      return new CertificateRequest(
          pair,
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("the request cannot be encoded", e);
    }
  }

  /** PEM text, {@code CERTIFICATE REQUEST}. */
  public String pem() {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** The certificate that was signed for it, with its key. */
  public Identity signed(String certificatePem) {
    return new Identity(certificatePem, PemText.of(pair.getPrivate()));
  }

  /** Never the key. */
  @Override
  public String toString() {
    return "CertificateRequest[" + request.getSubject() + "]";
  }
}
