package dev.cocolab.tee.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.tee.Lab;
import dev.cocolab.tee.TeeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class IntelAuthorityTest {

  @TempDir Path home;

  private IntelAuthority open() {
    return IntelAuthority.open(home, Lab.RANDOM, Lab.CLOCK, line -> {});
  }

  @Test
  void keysAreMadeOnceForTheOwnerOnly() throws IOException {
    List<String> progress = new ArrayList<>();
    IntelAuthority first = IntelAuthority.open(home, Lab.RANDOM, Lab.CLOCK, progress::add);
    IntelAuthority second = IntelAuthority.open(home, Lab.RANDOM, Lab.CLOCK, progress::add);

    assertThat(second.root()).isEqualTo(first.root());
    assertThat(progress)
        .containsExactly("Making the emulated Intel authority of this machine, once, in " + home);
    try (Stream<Path> files = Files.list(home.resolve("intel"))) {
      assertThat(files.toList())
          .hasSize(6)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void damagedKeysAreRefused() throws IOException {
    open();
    Files.copy(
        home.resolve("intel/root.key.pem"),
        home.resolve("intel/platform-ca.key.pem"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(this::open)
        .withMessageContaining("platform-ca.key.pem is not the key of its certificate")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.PLATFORM_KEYS));
  }

  @Test
  void chainLeadsFromThePlatformToTheRoot() throws GeneralSecurityException {
    TdxPlatform platform = open().platform();
    List<X509Certificate> chain = certificates(platform.pckChain());

    assertThat(chain)
        .extracting(c -> c.getSubjectX500Principal().getName())
        .allMatch(name -> name.contains("O=CoCoLab emulated\\, not for production"))
        .satisfiesExactly(
            leaf -> assertThat(leaf).contains("CN=Intel SGX PCK Certificate"),
            ca -> assertThat(ca).contains("CN=Intel SGX PCK Platform CA"),
            root -> assertThat(root).contains("CN=Intel SGX Root CA"));
    chain.get(0).verify(chain.get(1).getPublicKey());
    chain.get(1).verify(chain.get(2).getPublicKey());
    chain.get(2).verify(chain.get(2).getPublicKey());
    assertThat(chain).extracting(X509Certificate::getBasicConstraints).containsExactly(-1, 0, 1);
    byte[] extension = chain.get(0).getExtensionValue("1.2.840.113741.1.13.1");
    assertThat(HexFormat.of().formatHex(ASN1OctetString.getInstance(extension).getOctets()))
        .contains("2a864886f84d010d01040406" + IntelAuthority.FMSPC);
  }

  @Test
  void tcbInfoAndQeIdentityAreSignedOverTheirText() throws GeneralSecurityException {
    IntelCollateral collateral = open().collateral();

    signed(collateral.tcbInfo("00C0C01AB000").get(), "tcbInfo", collateral);
    signed(collateral.qeIdentity(), "enclaveIdentity", collateral);
    assertThat(collateral.tcbInfo("00906ea10000")).isEmpty();
  }

  private static void signed(byte[] document, String member, IntelCollateral collateral)
      throws GeneralSecurityException {
    String text = new String(document, StandardCharsets.UTF_8);
    JsonNode json = Lab.json(document);
    String body = text.substring(member.length() + 4, text.indexOf(",\"signature\":\""));
    assertThat(json.path(member)).isEqualTo(Lab.json(body.getBytes(StandardCharsets.UTF_8)));
    assertThat(json.path(member).path("nextUpdate").asString()).isEqualTo("2025-07-01T00:00:00Z");
    List<X509Certificate> chain = certificates(collateral.tcbSigningChain());
    chain.get(0).verify(chain.get(1).getPublicKey());
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initVerify(chain.get(0).getPublicKey());
    signature.update(body.getBytes(StandardCharsets.UTF_8));
    assertThat(signature.verify(HexFormat.of().parseHex(json.path("signature").asString())))
        .isTrue();
  }

  @Test
  void revocationListsNameWhatWasRevoked() throws GeneralSecurityException {
    IntelAuthority authority = open();
    BigInteger serial = authority.platform().pckCertificate().getSerialNumber();
    IntelCollateral collateral =
        authority.collateral(
            CollateralOptions.current().revokingPck(serial).issuedBefore(Duration.ofDays(3)));

    X509CRL list = list(collateral.pckCrl());
    list.verify(certificates(collateral.pckCrlIssuerChain()).get(0).getPublicKey());
    assertThat(list.getRevokedCertificates())
        .singleElement()
        .satisfies(entry -> assertThat(entry.getSerialNumber()).isEqualTo(serial));
    assertThat(list.getThisUpdate().toInstant())
        .isEqualTo(Lab.CLOCK.instant().minus(Duration.ofDays(3)));
    X509CRL root = list(collateral.rootCrl());
    root.verify(authority.root().getPublicKey());
    assertThat(root.getRevokedCertificates()).isNull();
  }

  private static X509CRL list(byte[] der) throws GeneralSecurityException {
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
  }

  private static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    for (var certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
      all.add((X509Certificate) certificate);
    }
    return all;
  }
}
