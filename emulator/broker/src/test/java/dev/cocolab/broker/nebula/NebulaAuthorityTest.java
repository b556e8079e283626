package dev.cocolab.broker.nebula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.broker.SettableClock;
import dev.cocolab.broker.failure.BrokerException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Certificates of Nebula, against files that nebula-cert 1.9.5 has written. What is made here was
 * also given to {@code nebula-cert verify} and {@code print} of that version.
 */
class NebulaAuthorityTest {
  private static final String CA =
      """
      -----BEGIN NEBULA CERTIFICATE-----
      CjYKBHRlc3Qou/q62AYwu+G/5wY6IDualEEaOwZAqf9/hoqe2IOIwzW0dolAGPcY
      U1fRJ/cTQAESQAxJOU4+Xrk5vmKIUjmuBaBZh/0pSZIr+IeHBxf7UzYUtHIX5hmX
      DMw1Gd7xzvI98JPaZhcfYDgfKcWzT5c73A4=
      -----END NEBULA CERTIFICATE-----
      """;

  /** Made for this test, and of use to nobody. */
  private static final String CA_KEY =
      """
      -----BEGIN NEBULA ED25519 PRIVATE KEY-----
      fe60kw8IrV1b2dr4AAgh2sp7q/N2yl5u+nWqXgH/Dhg7mpRBGjsGQKn/f4aKntiD
      iMM1tHaJQBj3GFNX0Sf3Ew==
      -----END NEBULA ED25519 PRIVATE KEY-----
      """;

  private static final String NODE =
      """
      -----BEGIN NEBULA CERTIFICATE-----
      CoIBCgRwb2QxEgmEhogIgPD//w8aEoCAiAiA8P//D4CAiAiA8P//DyIGc2VydmVy
      IgNzc2goxPq62AYwxpi92AY6IKDnbkUx7lsM0zOBQFgRmZpSJlyplwqtwfVtB6FD
      WLNwSiBcvh2XtM3ml5vWrbrw0sXh58siQCh1nPmoBFpqiWeP1RJAw3JcQxWjm+nO
      RpwKgYOjrxpaNQBlmZnw78cSQiieVlySlkWr/YloqkacYMRchCmzLXhIBzviMy4q
      HnL7jEXUBg==
      -----END NEBULA CERTIFICATE-----
      """;

  private final SettableClock clock = new SettableClock();

  NebulaAuthorityTest() {
    clock.set(Instant.parse("2026-12-01T12:27:48Z"));
  }

  private NebulaAuthority authority() {
    return NebulaAuthority.read("ca.crt", CA, "ca.key", CA_KEY, clock, new SecureRandom());
  }

  private static NebulaCertificate certificate(String pem) {
    return NebulaCertificate.decode(NebulaPem.read("file", NebulaPem.CERTIFICATE, pem));
  }

  private NebulaAuthority limited() {
    return NebulaAuthority.fresh(
        new NebulaAuthority.Profile("limited", "10h", "10.1.0.0/16", "10.2.0.0/16", "server,ssh"),
        clock,
        new SecureRandom());
  }

  private static NebulaAuthority.Wish wish(
      String ip, String duration, String groups, String subnets) {
    return new NebulaAuthority.Wish("pod1", ip, given(duration), given(groups), given(subnets));
  }

  private static Optional<String> given(String text) {
    return Optional.ofNullable(text).filter(value -> !value.isEmpty());
  }

  @Test
  void aNodesCertificateOfTheToolIsRead() {
    NebulaCertificate node = certificate(NODE);

    assertThat(node.name()).isEqualTo("pod1");
    assertThat(node.ips()).hasToString("[1.2.3.4/21]");
    assertThat(node.subnets()).hasToString("[1.2.0.0/21, 1.2.0.0/21]");
    assertThat(node.groups()).containsExactly("server", "ssh");
    assertThat(node.notBefore()).isEqualTo("2026-12-01T12:27:48Z");
    assertThat(node.notAfter()).isEqualTo("2026-12-01T22:37:58Z");
    assertThat(node.authority()).isFalse();
    assertThat(HexFormat.of().formatHex(node.publicKey()))
        .isEqualTo("a0e76e4531ee5b0cd33381405811999a52265ca9970aadc1f56d07a14358b370");
    assertThat(HexFormat.of().formatHex(node.issuer()))
        .isEqualTo("5cbe1d97b4cde6979bd6adbaf0d2c5e1e7cb224028759cf9a8045a6a89678fd5")
        .isEqualTo(HexFormat.of().formatHex(certificate(CA).fingerprint()));
    assertThat(HexFormat.of().formatHex(node.fingerprint()))
        .isEqualTo("ecd9b2f8cda076c55f1830a055128aac0050e5e8f3e78fc0e8ec62160afe4c54");
    assertThat(node.isSignedBy(certificate(CA).publicKey())).isTrue();
  }

  /** Ed25519 signs the same bytes in the same way every time. */
  @Test
  void theToolsCertificatesAreWrittenAgainByteForByte() {
    byte[] secret = NebulaPem.read("ca.key", NebulaPem.AUTHORITY_KEY, CA_KEY);
    Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(secret, 0);

    for (String pem : new String[] {CA, NODE}) {
      byte[] again = certificate(pem).signed(key).encoded();
      assertThat(NebulaPem.write(NebulaPem.CERTIFICATE, again)).isEqualTo(pem);
    }
    assertThat(authority().certificatePem()).isEqualTo(CA);
    assertThat(authority().keyPem()).isEqualTo(CA_KEY);
  }

  @Test
  void aNodeGetsWhatItAskedForUntilASecondBeforeTheAuthoritysEnd() {
    NebulaAuthority.Node issued =
        authority().issue(wish("10.1.2.3/24", "", "server, ssh", "10.2.3.4/24"));
    NebulaCertificate node = certificate(issued.certificate());

    assertThat(node.isSignedBy(certificate(CA).publicKey())).isTrue();
    assertThat(node.issuer()).isEqualTo(certificate(CA).fingerprint());
    assertThat(node.ips()).hasToString("[10.1.2.3/24]");
    assertThat(node.subnets()).hasToString("[10.2.3.0/24]");
    assertThat(node.groups()).containsExactly("server", "ssh");
    assertThat(node.notBefore()).isEqualTo("2026-12-01T12:27:48Z");
    assertThat(node.notAfter()).isEqualTo("2027-12-01T12:27:38Z");
    byte[] key = NebulaPem.read("key", NebulaPem.NODE_KEY, issued.key());
    assertThat(new X25519PrivateKeyParameters(key, 0).generatePublicKey().getEncoded())
        .isEqualTo(node.publicKey());
    assertThat(issued.toString()).doesNotContain("PRIVATE");
    assertThat(
            certificate(authority().issue(wish("1.2.3.4/21", "1h10s", "", "")).certificate())
                .notAfter())
        .isEqualTo("2026-12-01T13:27:58Z");
  }

  @Test
  void aFreshAuthorityIsReadFromItsOwnFiles() {
    NebulaAuthority fresh = limited();
    NebulaAuthority again =
        NebulaAuthority.read(
            "ca.crt", fresh.certificatePem(), "ca.key", fresh.keyPem(), clock, new SecureRandom());

    assertThat(again.certificatePem()).isEqualTo(fresh.certificatePem());
    assertThat(
            certificate(again.issue(wish("10.1.0.1/16", "", "ssh", "")).certificate())
                .isSignedBy(certificate(fresh.certificatePem()).publicKey()))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.2.3.4||||invalid ip: invalid CIDR address: 1.2.3.4",
        "1.2||||invalid ip",
        "256.1.1.1/8||||invalid ip",
        "01.1.1.1/8||||invalid ip",
        "10.1.0.1/33||||invalid ip",
        "10.1.0.1/16|1d|||invalid duration",
        "10.1.0.1/16|0s|||invalid duration",
        "10.1.0.1/16|11h|||violated: certificate expires after signing certificate",
        "10.1.0.1/16||admin||violated: certificate contained a group not present on the signing ca",
        "10.3.0.1/16||||violated: certificate contained an ip assignment outside",
        "10.1.0.1/8||||violated: certificate contained an ip assignment outside",
        "10.1.0.1/16|||10.3.0.0/24|violated: certificate contained a subnet assignment outside",
        "10.1.0.1/16|||nonsense|invalid subnet"
      })
  void whatIsBeyondTheAuthorityIsRefusedWithTheReason(
      String ip, String duration, String groups, String subnets, String reason) {
    assertThatThrownBy(() -> limited().issue(wish(ip, duration, groups, subnets)))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> assertThat(e.reason()).isEqualTo(BrokerException.Reason.PLUGIN))
        .hasMessageContaining(reason);
  }

  @Test
  void anExpiredAuthoritySignsNothing() {
    NebulaAuthority authority = limited();
    clock.set(Instant.parse("2026-12-02T12:27:48Z"));

    assertThatThrownBy(() -> authority.issue(wish("10.1.0.1/16", "1s", "", "")))
        .hasMessage("ca certificate is expired");
  }

  @Test
  void filesThatAreNoAuthorityAreRefusedByName() {
    assertReadRefused(NODE, CA_KEY, "ca.crt: not an authority's certificate");
    assertReadRefused(CA, limited().keyPem(), "ca.key is not the key of ca.crt");
    assertReadRefused(CA_KEY, CA_KEY, "ca.crt: no NEBULA CERTIFICATE in this file");
    assertReadRefused(CA, CA, "ca.key: no NEBULA ED25519 PRIVATE KEY in this file");
    byte[] changed = certificate(CA).encoded();
    changed[4] ^= 1;
    assertReadRefused(
        NebulaPem.write(NebulaPem.CERTIFICATE, changed), CA_KEY, "not an authority's certificate");
  }

  private void assertReadRefused(String certificate, String key, String why) {
    assertThatThrownBy(
            () ->
                NebulaAuthority.read(
                    "ca.crt", certificate, "ca.key", key, clock, new SecureRandom()))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> assertThat(e.reason()).isEqualTo(BrokerException.Reason.KEY))
        .hasMessageContaining(why);
  }

  @Property(tries = 300)
  void anyBytesAreReadOrRefused(@ForAll byte[] bytes, @ForAll int flipped) {
    byte[] changed = certificate(NODE).encoded();
    changed[Math.floorMod(flipped, changed.length)] ^= (byte) (1 + Math.floorMod(flipped, 255));
    for (byte[] one : new byte[][] {bytes, changed}) {
      try {
        assertThat(NebulaCertificate.decode(one).isSignedBy(certificate(CA).publicKey()))
            .as(Base64.getEncoder().encodeToString(one))
            .isFalse();
      } catch (BrokerException refused) {
        assertThat(refused.reason()).isEqualTo(BrokerException.Reason.KEY);
      }
    }
  }
}
