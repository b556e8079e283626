package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cocolab.evidence.Tee;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processor time, memory, and what one operation costs. */
class MeasuresTest {
  @TempDir private Path proc;

  @Test
  void aProcessWithAnAwkwardName() throws Exception {
    Files.writeString(
        proc.resolve("stat"),
        "7 (a) b) S 1 7 7 0 -1 4194304 1 0 0 0 250 50 3 4 20 0 1 0 100 1000 10 1844");
    Files.writeString(proc.resolve("status"), "Name:\ta\nVmHWM:\t 9999 kB\nVmRSS:\t    2048 kB\n");
    ProcessMeter meter = new ProcessMeter(proc);
    assertThat(meter.cpuSeconds()).hasValue(3.0);
    assertThat(meter.residentMegabytes()).hasValue(2.0);
  }

  @Test
  void aProcessThatHasGone() {
    ProcessMeter meter = new ProcessMeter(proc.resolve("gone"));
    assertThat(meter.cpuSeconds()).isEmpty();
    assertThat(meter.residentMegabytes()).isEmpty();
  }

  @Test
  void thisProcess() {
    ProcessMeter meter = new ProcessMeter(ProcessHandle.current().pid());
    assertThat(meter.cpuSeconds().orElseThrow()).isPositive();
    assertThat(meter.residentMegabytes().orElseThrow()).isGreaterThan(10);
  }

  @Test
  void theMiddleBatchCounts() {
    long[] now = {0};
    int[] calls = {0};
    OperationTimer timer =
        new OperationTimer(() -> now[0], Duration.ofNanos(1000), Duration.ofNanos(1000));
    double nanos =
        timer.nanos(
            () -> {
              calls[0]++;
              // Now and then something else has the processor.
              now[0] += calls[0] % 100 == 0 ? 100_000 : 50;
            });
    assertThat(nanos).isCloseTo(50, within(0.01));
  }

  @Test
  void theOperationsOfEachTee() throws Exception {
    OperationTimer timer = new OperationTimer(System::nanoTime, Duration.ZERO, Duration.ofNanos(1));
    for (Tee tee : LoadPlan.TEES) {
      List<Operation> plain =
          Cryptography.measure(tee, Optional.empty(), 5000, timer, new SecureRandom());
      assertThat(plain).allMatch(one -> one.micros() > 0 && one.count() == 1);
      assertThat(plain).extracting(Operation::name).noneMatch(name -> name.contains("TLS"));
      assertThat(plain)
          .extracting(Operation::name)
          .contains("ECDSA P-256 sign (token)", "AES-256 key wrap (resource)");
      boolean snp = tee == Tee.AZ_SNP_VTPM || tee == Tee.SNP;
      boolean tpm = tee == Tee.AZ_SNP_VTPM || tee == Tee.TPM;
      assertThat(plain.stream().anyMatch(one -> one.name().contains("SNP report"))).isEqualTo(snp);
      assertThat(plain.stream().anyMatch(one -> one.name().contains("chain check"))).isEqualTo(snp);
      assertThat(plain.stream().anyMatch(one -> one.name().contains("TPM quote"))).isEqualTo(tpm);
    }
  }

  @Test
  void theHandshakeIsThatOfTheCertificateShown() throws Exception {
    var certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(
                    TestCertificate.server().pem().getBytes(StandardCharsets.UTF_8)));
    List<Operation> operations =
        Cryptography.measure(
            Tee.SAMPLE,
            Optional.of(
                new KbsConnection.Shown("TLSv1.3", "TLS_AES_256_GCM_SHA384", List.of(certificate))),
            5000,
            new OperationTimer(System::nanoTime, Duration.ZERO, Duration.ofNanos(1)),
            new SecureRandom());
    assertThat(operations)
        .filteredOn(one -> one.name().startsWith(Cryptography.TLS_HANDSHAKE))
        .extracting(one -> one.side() + " " + one.name().substring(15))
        .containsExactlyInAnyOrder(
            "CLIENT X25519 key generation",
            "SERVER X25519 key generation",
            "CLIENT X25519 key agreement",
            "SERVER X25519 key agreement",
            "SERVER ECDSA P-256 sign",
            "CLIENT ECDSA P-256 verify");
  }
}
