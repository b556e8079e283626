package dev.cocolab.load;

import dev.cocolab.broker.AttestationJournal;
import dev.cocolab.broker.KbsProgram;
import dev.cocolab.broker.RunningKbs;
import dev.cocolab.broker.Surroundings;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.protocol.Profile;
import dev.cocolab.tee.PlatformAuthority;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real broker of ours in this process, with TLS, one resource and everybody allowed. */
final class TestKbs implements AutoCloseable {
  static final String RESOURCE = "default/test/status";
  static final Path PLATFORM = Path.of("target/test-platform");

  private static final String STORAGE = "/opt/confidential-containers/storage";
  private static final String CONFIG = "/etc/kbs-config/kbs-config.toml";

  private final Vertx vertx = Vertx.vertx();
  private final RunningKbs running;
  private final int port;

  TestKbs(Path root) throws Exception {
    this(root, TestCertificate.server());
  }

  TestKbs(Path root, TestCertificate certificate) throws Exception {
    SecureRandom random = new SecureRandom();
    write(root, "/etc/https-key/privateKey", certificate.keyPem());
    write(root, "/etc/https-cert/certificate", certificate.pem());
    write(root, STORAGE + "/repository/" + RESOURCE.replace("/", "\\x2F"), "success");
    write(root, STORAGE + "/kbs/resource-policy.rego", "package policy\n\ndefault allow = true\n");
    write(
        root,
        CONFIG,
        """
        [http_server]
        sockets = ["0.0.0.0:0"]
        private_key = "/etc/https-key/privateKey"
        certificate = "/etc/https-cert/certificate"

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
        """);
    PlatformAuthority authority = PlatformAuthority.open(PLATFORM, random, Clock.systemUTC());
    running =
        new KbsProgram(
                new Surroundings(
                    vertx,
                    Clock.systemUTC(),
                    random,
                    Map.of(
                        Tee.SAMPLE,
                        new SampleVerifier(),
                        Tee.AZ_SNP_VTPM,
                        new AzSnpVtpmVerifier(authority.roots(), Clock.systemUTC())),
                    Optional.of(authority.roots().label()),
                    Profile.upstream(),
                    new AttestationJournal()))
            .start(
                List.of("--config-file", CONFIG),
                Map.of(),
                path -> root.resolve(path.substring(1)),
                InetAddress.getLoopbackAddress(),
                line -> {});
    port = running.listening().toCompletableFuture().get(30, TimeUnit.SECONDS).getPort();
  }

  private static void write(Path root, String containerPath, String content) throws IOException {
    Path file = root.resolve(containerPath.substring(1));
    Files.createDirectories(file.getParent());
    Files.write(file, content.getBytes(StandardCharsets.UTF_8));
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    running.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
