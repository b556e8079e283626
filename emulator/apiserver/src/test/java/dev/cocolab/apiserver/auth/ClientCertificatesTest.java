package dev.cocolab.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.MovedClock;
import dev.cocolab.apiserver.TestAuthority;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client shows is judged each time, also when its signatures are known to be good. */
class ClientCertificatesTest {
  private final MovedClock clock = new MovedClock();
  private final TestAuthority authority = new TestAuthority("clients");
  private final ClientCertificates certificates = new ClientCertificates(authority.pem(), clock);

  @Test
  void sameChainIsAcceptedAgain() throws CertificateException {
    List<Certificate> chain = chain(authority, "devel", "developers");

    assertThat(certificates.user(chain)).contains(User.of("devel", "developers"));
    assertThat(certificates.user(List.copyOf(chain))).contains(User.of("devel", "developers"));
  }

  @Test
  void certificateThatEndsWhileItIsUsedIsRefused() throws CertificateException {
    List<Certificate> chain = chain(authority, "devel", "developers");
    assertThat(certificates.user(chain)).isPresent();

    clock.move(Duration.ofDays(2));
    assertThat(certificates.user(chain)).as("after its end").isEmpty();

    clock.move(Duration.ofDays(-2));
    assertThat(certificates.user(chain)).as("before its beginning").isEmpty();

    clock.move(Duration.ZERO);
    assertThat(certificates.user(chain)).as("within its time again").isPresent();
  }

  @Test
  void sameNamesFromAnotherAuthorityAreRefusedBesideTheRightOnes() throws CertificateException {
    TestAuthority namesake = new TestAuthority("clients");
    List<Certificate> right = chain(authority, "devel", "developers");
    List<Certificate> forged = chain(namesake, "devel", "developers");

    assertThat(certificates.user(right)).isPresent();
    assertThat(certificates.user(forged)).isEmpty();
    assertThat(certificates.user(List.of(forged.get(0), right.get(0)))).isEmpty();
    assertThat(certificates.user(right)).isPresent();
  }

  @Test
  void manyOthersInBetweenChangeNothing() throws CertificateException {
    List<Certificate> first = chain(authority, "first", "developers");
    assertThat(certificates.user(first)).isPresent();

    for (int i = 0; i < 300; i++) {
      assertThat(certificates.user(chain(authority, "user" + i, "developers")))
          .contains(User.of("user" + i, "developers"));
    }

    assertThat(certificates.user(first)).contains(User.of("first", "developers"));
  }

  @Test
  void eachAttributeOfTheSubjectCounts() throws CertificateException {
    assertThat(certificates.user(chain(authority, "devel", "one+O=two,O=three")))
        .as("an RDN of two groups")
        .hasValueSatisfying(user -> assertThat(user.groups()).contains("one", "two", "three"));
    assertThat(certificates.user(chain(authority, "system:node:w,CN=admin", "g")))
        .as("the last of two names")
        .hasValueSatisfying(user -> assertThat(user.name()).isEqualTo("admin"));
  }

  private static List<Certificate> chain(TestAuthority signer, String user, String group)
      throws CertificateException {
    String pem = signer.client(user, group).certificatePem();
    return List.of(
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
  }
}
