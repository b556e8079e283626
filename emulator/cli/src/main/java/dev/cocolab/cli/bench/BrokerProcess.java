package dev.cocolab.cli.bench;

import dev.cocolab.broker.AttestationJournal;
import dev.cocolab.broker.KbsProgram;
import dev.cocolab.broker.RunningKbs;
import dev.cocolab.broker.Surroundings;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.crypto.CryptoChoice;
import dev.cocolab.cli.crypto.CryptoProviders;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.sample.SampleDeviceVerifier;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.lab.EventLoops;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.authority.LabAuthority;
import dev.cocolab.protocol.Profile;
import dev.cocolab.tee.EmulatedVerifiers;
import dev.cocolab.tee.PlatformAuthority;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The program of a broker for one load: it says on its first line where it listens and ends with
 * its standard input. Its log is written as always and thrown away.
 */
public final class BrokerProcess {
  static final String RESOURCE = "default/attestation-status/status";

  private static final String CONFIG = "/etc/kbs-config/kbs-config.toml";
  private static final String REPOSITORY = "/opt/confidential-containers/storage/repository/";
  private static final String POLICY =
      "/opt/confidential-containers/storage/kbs/resource-policy.rego";
  private static final long START_SECONDS = 60;
  private static final int KEPT_LINES = 10;

  private final Path folder;
  private final Deque<String> log = new ArrayDeque<>();

  private BrokerProcess(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs it.
   *
   * @param arguments a folder of its own, the folder of the emulated hardware, a profile, {@code
   *     http} or {@code https}
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      int code =
          new BrokerProcess(Path.of(arguments[0]))
              .run(Path.of(arguments[1]), arguments[2], arguments[3].equals("https"));
      System.exit(code);
    } catch (CliException e) {
      ChildProcess.end(e);
    }
  }

  private int run(Path platform, String profile, boolean tls)
      throws IOException, InterruptedException {
    CryptoChoice cryptography = new CryptoProviders().install(System.getenv());
    SecureRandom random = new SecureRandom();
    Clock clock = Clock.systemUTC();
    Identity identity =
        LabAuthority.selfSigned("kbs", List.of("localhost"), List.of("127.0.0.1"), random, clock);
    write(identity, tls);
    PlatformAuthority authority = PlatformAuthority.open(platform, random, clock);
    Vertx vertx = EventLoops.start();
    Surroundings surroundings =
        new Surroundings(
            vertx,
            clock,
            random,
            verifiers(authority, clock),
            Optional.of(authority.roots().label()),
            profile.equals(Profile.upstream().name()) ? Profile.upstream() : Profile.redhat12(),
            new AttestationJournal());
    try (RunningKbs running =
        new KbsProgram(surroundings)
            .start(
                List.of("--config-file", CONFIG),
                Map.of(),
                this::file,
                InetAddress.getLoopbackAddress(),
                this::keep)) {
      Optional<InetSocketAddress> address = address(running);
      if (address.isEmpty()) {
        log.forEach(System.err::println);
        return 1;
      }
      ObjectNode ready = JsonMapper.shared().createObjectNode();
      ready.put("url", (tls ? "https" : "http") + "://127.0.0.1:" + address.get().getPort());
      ready.put("ca", identity.certificatePem()).put("cryptography", cryptography.provider());
      System.out.println(ready);
      awaitEnd(System.in);
      return 0;
    }
  }

  private static Map<Tee, EvidenceVerifier> verifiers(PlatformAuthority authority, Clock clock) {
    Map<Tee, EvidenceVerifier> verifiers = EmulatedVerifiers.of(authority, clock);
    verifiers.put(Tee.SAMPLE, new SampleVerifier());
    verifiers.put(Tee.SAMPLE_DEVICE, new SampleDeviceVerifier());
    return verifiers;
  }

  private static Optional<InetSocketAddress> address(RunningKbs running)
      throws InterruptedException {
    CompletableFuture<InetSocketAddress> listening = running.listening().toCompletableFuture();
    try {
      CompletableFuture.anyOf(listening, running.exited().toCompletableFuture())
          .get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
    return listening.isDone() ? Optional.of(listening.join()) : Optional.empty();
  }

  private void keep(String line) {
    synchronized (log) {
      log.add(line);
      if (log.size() > KEPT_LINES) {
        log.remove();
      }
    }
  }

  private static void awaitEnd(InputStream in) throws IOException {
    while (in.read() >= 0) {
      // whatever is said, only the end matters
    }
  }

  private Path file(String containerPath) {
    return folder.resolve(containerPath.substring(1));
  }

  private void write(Identity identity, boolean tls) throws IOException {
    write("/etc/https-key/privateKey", identity.keyPem());
    write("/etc/https-cert/certificate", identity.certificatePem());
    write(REPOSITORY + RESOURCE.replace("/", "\\x2F"), "success");
    write(POLICY, "package policy\n\ndefault allow = true\n");
    write(
        CONFIG,
        """
        [http_server]
        sockets = ["0.0.0.0:0"]
        insecure_http = %s
        private_key = "/etc/https-key/privateKey"
        certificate = "/etc/https-cert/certificate"
        worker_count = %d

        [admin]
        authorization_mode = "DenyAll"

        [attestation_token]
        insecure_header_jwk = true

        [attestation_service]
        type = "coco_as_builtin"

        [attestation_service.rvps_config]
        type = "BuiltIn"
        storage_type = "LocalJson"

        [storage_backend]
        storage_type = "LocalFs"

        [storage_backend.backends.local_fs]
        dir_path = "/opt/confidential-containers/storage"

        [storage_backend.backends.local_json]
        dir_path = "/opt/confidential-containers/storage/local_json"

        [[plugins]]
        name = "resource"
        storage_backend_type = "kvstorage"
        """
            .formatted(!tls, Math.max(2, Runtime.getRuntime().availableProcessors())));
  }

  private void write(String containerPath, String content) throws IOException {
    Path file = file(containerPath);
    Files.createDirectories(file.getParent());
    Files.write(file, content.getBytes(StandardCharsets.UTF_8));
  }
}
