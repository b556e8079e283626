package dev.cocolab.lab.resident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.Tee;
import dev.cocolab.load.Demand;
import dev.cocolab.load.KbsAddress;
import dev.cocolab.load.LoadPlan;
import dev.cocolab.load.WorkerProgram;
import dev.cocolab.node.ResidentContext;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pod whose environment names a folder of this machine. */
class LoadResidentTest {
  @TempDir private Path folder;

  private final List<String> said = new CopyOnWriteArrayList<>();

  @Test
  void thePodDoesNotChooseAFolderOfTheHost() throws Exception {
    LoadPlan plan =
        new LoadPlan(
            KbsAddress.parse("http://127.0.0.1:1"),
            Tee.SNP,
            2,
            new Demand.Clients(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(1),
            "default/attestation-status/status",
            Optional.empty(),
            false,
            Duration.ofSeconds(10),
            folder.resolve("chosen by the pod"));
    Path hardware = folder.resolve("hardware");

    int code =
        new LoadResident(Clock.systemUTC(), new SecureRandom(), hardware)
            .start(pod(WorkerProgram.variable(plan, Instant.now().plusSeconds(3600))))
            .exited()
            .toCompletableFuture()
            .get(2, TimeUnit.MINUTES);

    assertThat(said).singleElement().asString().contains("cannot connect to http://127.0.0.1:1");
    assertThat(code).isEqualTo(WorkerProgram.REFUSED);
    assertThat(folder.toFile().list()).containsExactly("hardware");
  }

  private ResidentContext pod(String variable) {
    return new ResidentContext() {
      @Override
      public List<String> args() {
        return List.of();
      }

      @Override
      public Map<String, String> env() {
        return Map.of(WorkerProgram.VARIABLE, variable);
      }

      @Override
      public Path resolve(String containerPath) {
        throw new AssertionError("a worker needs no file: " + containerPath);
      }

      @Override
      public InetAddress podAddress() {
        return InetAddress.getLoopbackAddress();
      }

      @Override
      public Consumer<String> stdout() {
        return said::add;
      }

      @Override
      public Consumer<String> stderr() {
        return said::add;
      }
    };
  }
}
