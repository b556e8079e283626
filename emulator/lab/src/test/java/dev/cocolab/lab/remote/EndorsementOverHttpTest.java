package dev.cocolab.lab.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.snp.KeyDistributionService;
import dev.cocolab.evidence.snp.SnpVerifier;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.SnpGuest;
import dev.cocolab.tee.collateral.CollateralFault;
import dev.cocolab.tee.collateral.CollateralService;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A host without a certificate table, and a verifier that asks the key service. */
class EndorsementOverHttpTest {

  @Test
  void verifierFindsTheKeyUntilTheServiceIsDown() throws Exception {
    SecureRandom random = new SecureRandom();
    Clock clock = Clock.systemUTC();
    PlatformAuthority platform =
        PlatformAuthority.open(Path.of("target/collateral-platform"), random, clock);
    byte[] reportData = new byte[48];
    JsonNode evidence =
        SnpGuest.launch(platform.processor(), new byte[48], Optional.empty(), random)
            .withoutTable()
            .evidence(reportData);
    ExpectedBinding binding = ExpectedBinding.ofReportData(reportData);
    Vertx vertx = Vertx.vertx();
    try (CollateralServer server =
        CollateralServer.start(
            vertx, new CollateralService(List.of(platform), platform.intel(), random))) {
      SnpVerifier verifier =
          new SnpVerifier(
              platform.roots(),
              clock,
              Stance.strict(),
              List.of(new KeyDistributionService(server.url(), Duration.ofSeconds(20))));

      assertThat(verifier.verify(evidence, binding)).hasSize(1);

      server.service().fail("/vcek/", new CollateralFault.Outage());
      SnpVerifier fresh =
          new SnpVerifier(
              platform.roots(),
              clock,
              Stance.strict(),
              List.of(new KeyDistributionService(server.url(), Duration.ofSeconds(20))));
      assertThatExceptionOfType(EvidenceException.class)
          .isThrownBy(() -> fresh.verify(evidence, binding))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Refusal.VEK_SOURCES));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }
}
