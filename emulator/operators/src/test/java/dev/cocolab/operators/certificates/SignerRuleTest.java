package dev.cocolab.operators.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the cluster's own signers sign, and what they refuse. */
class SignerRuleTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String NODE = "O=system:nodes,CN=system:node:w";

  private static KeyPair keyPair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static PKCS10CertificationRequest request(
      KeyPair subject, KeyPair signer, String name, String... alternatives) throws Exception {
    JcaPKCS10CertificationRequestBuilder builder =
        new JcaPKCS10CertificationRequestBuilder(new X500Name(name), subject.getPublic());
    List<GeneralName> names = new ArrayList<>();
    for (String alternative : alternatives) {
      int colon = alternative.indexOf(':');
      int tag =
          switch (alternative.substring(0, colon)) {
            case "dns" -> GeneralName.dNSName;
            case "ip" -> GeneralName.iPAddress;
            default -> GeneralName.uniformResourceIdentifier;
          };
      names.add(new GeneralName(tag, alternative.substring(colon + 1)));
    }
    if (!names.isEmpty()) {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
      builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
    }
    return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kube-apiserver-client | CN=me,O=us | | digital signature,client auth |",
        "kube-apiserver-client | CN=me | | server auth | usages did not match",
        "kube-apiserver-client | CN=me | | client auth,cert sign | usages did not match",
        "kube-apiserver-client | CN=me | | digital signature | usages did not match",
        "kube-apiserver-client-kubelet | NODE | | digital signature,client auth |",
        "kube-apiserver-client-kubelet | NODE | dns:w | client auth |"
            + " subject alternative names are not allowed",
        "kube-apiserver-client-kubelet | O=system:nodes,CN=w | | client auth |"
            + " subject common name does not begin with system:node:",
        "kube-apiserver-client-kubelet | CN=system:node:w | | client auth |"
            + " subject organization is not system:nodes",
        "kube-apiserver-client-kubelet | O=system:masters,NODE | | client auth |"
            + " subject organization is not system:nodes",
        "kube-apiserver-client-kubelet | O=system:nodes+O=system:masters,CN=system:node:w | |"
            + " client auth | subject organization is not system:nodes",
        "kube-apiserver-client-kubelet | NODE+O=system:masters | | client auth |"
            + " subject organization is not system:nodes",
        "kube-apiserver-client-kubelet | NODE,CN=admin | | client auth |"
            + " subject common name does not begin with system:node:",
        "kubelet-serving | O=system:nodes+O=system:masters,CN=system:node:w | ip:127.0.0.1 |"
            + " server auth | subject organization is not system:nodes",
        "kubelet-serving | NODE | dns:w;ip:127.0.0.1 | digital signature,server auth |",
        "kubelet-serving | NODE | | server auth | DNS or IP subjectAltName is required",
        "kubelet-serving | NODE | ip:127.0.0.1;uri:x:y | server auth |"
            + " only DNS and IP subjectAltNames are allowed",
        "kubelet-serving | CN=me | ip:127.0.0.1 | server auth |"
            + " subject organization is not system:nodes",
        "kubelet-serving | NODE | ip:127.0.0.1 | client auth | usages did not match"
      })
  void eachSignerLooksAtUsagesSubjectAndNames(
      String signer, String subject, String names, String usages, String refusal) throws Exception {
    KeyPair pair = keyPair();
    PKCS10CertificationRequest request =
        request(
            pair,
            pair,
            subject.replace("NODE", NODE),
            names == null ? new String[0] : names.split(";", -1));

    Optional<String> found =
        SignerRule.of("kubernetes.io/" + signer)
            .orElseThrow()
            .refusal(request, List.of(usages.split(",", -1)));

    if (refusal == null) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found).get().asString().startsWith(refusal);
    }
  }

  @Test
  void anExtensionThatCannotBeDecodedIsRefused() throws Exception {
    KeyPair pair = keyPair();
    for (ASN1Encodable broken : List.of(new DERUTF8String("none"), brokenNames())) {
      PKCS10CertificationRequest request =
          new JcaPKCS10CertificationRequestBuilder(new X500Name(NODE), pair.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, broken)
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));

      assertThat(SignerRule.KUBELET_CLIENT.refusal(request, List.of("client auth")))
          .contains("an extension of the request cannot be decoded");
    }
  }

  /** An extension whose octets are no list of names. */
  private static Extensions brokenNames() {
    return new Extensions(
        new Extension(Extension.subjectAlternativeName, false, new byte[] {0x30, 0x05, 0x01}));
  }

  @Test
  void othersSignersAreLeftToThem() {
    assertThat(SignerRule.of("example.com/signer")).isEmpty();
    assertThat(SignerRule.of("kubernetes.io/legacy-unknown")).isEmpty();
  }

  @Test
  void whoHasNotTheKeyGetsNothing() throws Exception {
    KeyPair pair = keyPair();
    assertThat(SignedCertificate.parse(base64(request(pair, pair, "CN=me")))).isPresent();
    assertThat(SignedCertificate.parse(base64(request(pair, keyPair(), "CN=me")))).isEmpty();
    assertThat(SignedCertificate.parse("aGVsbG8=")).isEmpty();
    assertThat(SignedCertificate.parse("?")).isEmpty();
  }

  @Test
  void aCertificateSaysWhatWasAskedForAndEndsWhenAsked() throws Exception {
    KeyPair authority = keyPair();
    KeyPair pair = keyPair();
    X509Certificate root =
        new JcaX509CertificateConverter()
            .getCertificate(
                new JcaX509v3CertificateBuilder(
                        new X500Name("CN=root"),
                        BigInteger.ONE,
                        Date.from(NOW),
                        Date.from(NOW.plus(Duration.ofDays(3))),
                        new X500Name("CN=root"),
                        authority.getPublic())
                    .build(
                        new JcaContentSignerBuilder("SHA256withECDSA")
                            .build(authority.getPrivate())));
    SignedCertificate signing =
        new SignedCertificate(
            root, authority.getPrivate(), Clock.fixed(NOW, ZoneOffset.UTC), new Random(1));

    X509Certificate made =
        certificate(
            signing.sign(
                request(pair, pair, NODE, "ip:127.0.0.1", "dns:w"),
                List.of("digital signature", "server auth"),
                Optional.of(600)));

    made.verify(authority.getPublic());
    assertThat(made.getPublicKey()).isEqualTo(pair.getPublic());
    assertThat(made.getNotAfter()).isEqualTo(Date.from(NOW.plusSeconds(600)));
    assertThat(made.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(made.getKeyUsage()).startsWith(true, false, false);
    assertThat(made.getBasicConstraints()).isEqualTo(-1);
    assertThat(made.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("127.0.0.1", "w");
    X509Certificate longest =
        certificate(
            signing.sign(
                request(pair, pair, "CN=me"), List.of("client auth"), Optional.of(2_000_000_000)));
    assertThat(longest.getNotAfter()).as("with its authority").isEqualTo(root.getNotAfter());
  }

  private static X509Certificate certificate(String pem) throws Exception {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      return new JcaX509CertificateConverter()
          .getCertificate((X509CertificateHolder) parser.readObject());
    }
  }

  private static String base64(PKCS10CertificationRequest request) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(request);
    }
    return Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
