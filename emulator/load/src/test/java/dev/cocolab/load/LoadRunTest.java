package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.Tee;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole loads against a broker of ours, over TLS. */
class LoadRunTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private static Path folder;
  private static TestKbs kbs;

  @BeforeAll
  static void start() throws Exception {
    kbs = new TestKbs(folder.resolve("shared"));
  }

  @AfterAll
  static void stop() {
    kbs.close();
  }

  private static LoadPlan plan(
      Path root, int port, Tee tee, int version, Demand demand, String resource, Path platform)
      throws Exception {
    return new LoadPlan(
        KbsAddress.parse("https://127.0.0.1:" + port),
        tee,
        version,
        demand,
        Duration.ZERO,
        SECOND,
        resource,
        Optional.of(Files.readString(root.resolve("etc/https-cert/certificate"))),
        false,
        Duration.ofSeconds(10),
        platform);
  }

  private static LoadPlan plan(Tee tee, int version) throws Exception {
    return plan(
        folder.resolve("shared"),
        kbs.port(),
        tee,
        version,
        new Demand.Clients(2),
        TestKbs.RESOURCE,
        TestKbs.PLATFORM);
  }

  private static LoadRun run(LoadPlan plan) {
    return new LoadRun(plan, RANDOM, Clock.systemUTC());
  }

  private static void assertAttested(LoadResult result) {
    assertThat(result.errors()).isEmpty();
    assertThat(result.ended()).isEmpty();
    assertThat(result.attestations()).isPositive();
    assertThat(result.phases()).containsOnlyKeys(Phase.values());
    assertThat(result.phases().get(Phase.RESOURCE).count())
        .isEqualTo(result.attestations() + result.late());
  }

  @Test
  void sampleEvidence() throws Exception {
    LoadRun run = run(plan(Tee.SAMPLE, 1));
    run.check();
    LoadResult result = run.run();
    assertAttested(result);
    assertThat(result.connections()).as("one for each client").isEqualTo(2);
  }

  @Test
  void azureEvidenceOfBothVersions() throws Exception {
    for (int version : new int[] {1, 2}) {
      assertAttested(run(plan(Tee.AZ_SNP_VTPM, version)).run());
    }
  }

  @Test
  void aConnectionForEachAttestation() throws Exception {
    LoadPlan kept = plan(Tee.SAMPLE, 1);
    LoadPlan plan =
        new LoadPlan(
            kept.target(),
            kept.tee(),
            kept.evidenceVersion(),
            kept.demand(),
            kept.warmup(),
            kept.length(),
            kept.resource(),
            kept.caPem(),
            true,
            kept.timeout(),
            kept.platform());
    LoadResult result = run(plan).run();
    assertThat(result.errors()).isEmpty();
    assertThat(result.connections()).isEqualTo(result.attestations() + result.late());
  }

  @Test
  void aResourceThatIsNotThere() throws Exception {
    LoadPlan plan =
        plan(
            folder.resolve("shared"),
            kbs.port(),
            Tee.SAMPLE,
            1,
            new Demand.Clients(1),
            "default/no/such",
            TestKbs.PLATFORM);
    LoadResult result = run(plan).run();
    assertThat(result.attestations()).isZero();
    assertThat(result.errors()).containsOnlyKeys("resource_401");
    assertThat(result.samples().get("resource_401")).startsWith("PluginInternalError");
  }

  @Test
  void evidenceOfAMachineThatTheBrokerDoesNotTrust() throws Exception {
    LoadPlan plan =
        plan(
            folder.resolve("shared"),
            kbs.port(),
            Tee.AZ_SNP_VTPM,
            1,
            new Demand.Clients(1),
            TestKbs.RESOURCE,
            Path.of("target/other-platform"));
    LoadResult result = run(plan).run();
    assertThat(result.attestations()).isZero();
    assertThat(result.errors()).containsOnlyKeys("attest_401");
    assertThat(result.samples().get("attest_401")).startsWith("AttestationError");
  }

  @Test
  void aBrokerThatDiesInMidRun() throws Exception {
    Path root = folder.resolve("mortal");
    TestKbs mortal = new TestKbs(root);
    LoadPlan shorter =
        plan(
            root,
            mortal.port(),
            Tee.SAMPLE,
            1,
            new Demand.Clients(2),
            TestKbs.RESOURCE,
            TestKbs.PLATFORM);
    LoadPlan plan =
        new LoadPlan(
            shorter.target(),
            shorter.tee(),
            shorter.evidenceVersion(),
            shorter.demand(),
            Duration.ofMillis(500),
            Duration.ofSeconds(120),
            shorter.resource(),
            shorter.caPem(),
            false,
            Duration.ofSeconds(2),
            shorter.platform());
    LoadRun run = run(plan);
    CountDownLatch measuring = new CountDownLatch(1);
    CompletableFuture<LoadResult> result = new CompletableFuture<>();
    Thread driver =
        new Thread(
            () -> {
              try {
                result.complete(
                    run.run(
                        new Observer() {
                          @Override
                          public void measuring() {
                            measuring.countDown();
                          }

                          @Override
                          public void measured() {}
                        }));
              } catch (InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            });
    driver.start();
    assertThat(measuring.await(30, TimeUnit.SECONDS)).isTrue();
    mortal.close();

    LoadResult after = result.get(60, TimeUnit.SECONDS);
    assertThat(after.ended()).isPresent();
    assertThat(after.errors()).containsKey("connect");
    assertThat(after.window()).isLessThan(Duration.ofSeconds(60));
  }
}
