package dev.cocolab.lab.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.LabException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabAuthorityTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

  @TempDir private Path parent;
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectory(parent.resolve("roots"));
  }

  @Test
  void serverCertificateNamesItsHostsAndIsSignedByTheAuthority() throws Exception {
    LabAuthority authority = open();
    X509Certificate leaf =
        parse(
            authority.server("kbs", List.of("kbs.example"), List.of("127.0.0.1")).certificatePem());

    leaf.verify(authority.certificate().getPublicKey());
    leaf.checkValidity(Date.from(CLOCK.instant()));
    assertThat(leaf.getSubjectAlternativeNames())
        .anySatisfy(name -> assertThat(name.get(1)).isEqualTo("kbs.example"))
        .anySatisfy(name -> assertThat(name.get(1)).isEqualTo("127.0.0.1"));
    assertThat(leaf.getBasicConstraints()).as("no authority itself").isEqualTo(-1);
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
  }

  @Test
  void clientCertificateCarriesUserAndGroup() throws Exception {
    X509Certificate leaf = parse(open().client("devel", "cocolab:devel").certificatePem());

    assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=devel,O=cocolab:devel");
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
  }

  @Test
  void sameRequestGetsTheSameIdentityAndAnyOtherOneOfItsOwn() {
    LabAuthority authority = open();
    Identity first = authority.server("node", List.of("a"), List.of("127.0.0.1"));

    assertThat(authority.server("node", List.of("a"), List.of("127.0.0.1"))).isSameAs(first);
    assertThat(
            List.of(
                authority.server("node", List.of("a"), List.of("127.0.0.2")),
                authority.server("node", List.of("b"), List.of("127.0.0.1")),
                authority.server("edon", List.of("a"), List.of("127.0.0.1")),
                authority.client("node", "a"),
                authority.client("node", "b")))
        .doesNotContain(first)
        .doesNotHaveDuplicates();
  }

  @Test
  void identityIsMadeAnewAfterADayAndWhenTheClockWasTurnedBack() {
    LeafCache.Request request = new LeafCache.Request("CN=a", "purpose", "");
    LeafCache cache = new LeafCache();
    Instant begin = CLOCK.instant();
    AtomicInteger made = new AtomicInteger();
    Supplier<Identity> maker = () -> new Identity("certificate " + made.incrementAndGet(), "key");

    Identity first = cache.get(request, begin, maker);
    assertThat(cache.get(request, begin.plus(Duration.ofHours(23)), maker)).isSameAs(first);
    Identity second = cache.get(request, begin.plus(Duration.ofHours(24)), maker);
    assertThat(second).isNotEqualTo(first);
    assertThat(cache.get(request, begin, maker)).isNotEqualTo(second);
  }

  @Test
  void fileIsForItsOwnerOnlyAndNothingElseIsLeft() throws Exception {
    open();

    try (var files = Files.list(directory)) {
      assertThat(files.map(path -> path.getFileName().toString())).containsExactly("authority.pem");
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("authority.pem"))))
        .isEqualTo("rw-------");
  }

  @Test
  void allWhoOpenItFirstAtTheSameTimeGetTheSameKey() {
    List<CompletableFuture<X509Certificate>> all =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> open().certificate()))
            .toList();

    assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
  }

  @Test
  void damagedFileIsNamedWithTheRemedy() throws Exception {
    Path file = Files.writeString(directory.resolve("authority.pem"), "nonsense");

    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            LabException.class,
            e -> assertThat(e.reason()).isEqualTo(LabException.Reason.HOME_UNUSABLE))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("remove the file");
  }

  @Test
  void noCertificateOutlivesItsAuthority() throws Exception {
    LabAuthority young = open();
    LabAuthority old = open(Clock.offset(CLOCK, Duration.ofDays(3649)));

    assertThat(parse(young.client("devel", "g").certificatePem()).getNotAfter())
        .isBefore(young.certificate().getNotAfter());
    assertThat(parse(old.client("devel", "g").certificatePem()).getNotAfter())
        .isEqualTo(young.certificate().getNotAfter());
  }

  private LabAuthority open() {
    return open(CLOCK);
  }

  private LabAuthority open(Clock clock) {
    try (StagingArea staging = StagingArea.open(staging())) {
      return LabAuthority.open(directory, staging, new SecureRandom(), clock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path staging() {
    return directory.resolveSibling(directory.getFileName() + "-staging");
  }

  private static X509Certificate parse(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }
}
