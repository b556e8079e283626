package dev.cocolab.broker;

import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.protocol.Profile;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A broker with its files in a directory, started as a pod would start it. */
final class TestBroker implements AutoCloseable {
  static final String CONFIG = "/etc/kbs-config/kbs-config.toml";
  static final String STORAGE = "/opt/confidential-containers/storage";

  /** What the operator generates for the permissive profile, on any free port. */
  static final String PERMISSIVE =
      """
      [http_server]
      sockets = ["0.0.0.0:0"]
      insecure_http = true
      worker_count = 4

      [admin]
      authorization_mode = "DenyAll"

      [attestation_token]
      insecure_header_jwk = true

      [attestation_service]
      type = "coco_as_builtin"
      timeout = 5

      [attestation_service.attestation_token_broker]
      duration_min = 5

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
      """;

  final Path root;
  final Vertx vertx = Vertx.vertx();
  final SettableClock clock = new SettableClock();
  final AttestationJournal journal = new AttestationJournal(50);
  final List<String> log = new CopyOnWriteArrayList<>();
  Profile profile = Profile.redhat12();
  Optional<String> emulatedRoots = Optional.empty();
  Map<Tee, EvidenceVerifier> verifiers = Map.of(Tee.SAMPLE, new SampleVerifier());
  private RunningKbs running;
  private InetSocketAddress address;

  TestBroker(Path root) {
    this.root = root;
    file(CONFIG, PERMISSIVE);
  }

  TestBroker file(String containerPath, String content) {
    return file(containerPath, content.getBytes(StandardCharsets.UTF_8));
  }

  TestBroker file(String containerPath, byte[] content) {
    try {
      Path path = path(containerPath);
      Files.createDirectories(path.getParent());
      Files.write(path, content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TestBroker config(String content) {
    return file(CONFIG, content);
  }

  TestBroker resource(String path, byte[] content) {
    return file(STORAGE + "/repository/" + path.replace("/", "\\x2F"), content);
  }

  TestBroker resourcePolicy(String rego) {
    return file(STORAGE + "/kbs/resource-policy.rego", rego);
  }

  TestBroker attestationPolicy(String rego) {
    return file(STORAGE + "/attestation_service_policy/default_cpu.rego", rego);
  }

  /** Writes the ConfigMap's form: name to base64 of the stored value. */
  TestBroker referenceValues(Map<String, JsonNode> values) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    values.forEach(
        (name, value) -> {
          ObjectNode stored = JsonNodeFactory.instance.objectNode();
          stored.put("expiration", "2099-12-31T00:00:00Z").put("name", name).set("value", value);
          out.put(
              name,
              Base64.getEncoder()
                  .encodeToString(stored.toString().getBytes(StandardCharsets.UTF_8)));
        });
    return file(STORAGE + "/local_json/reference_value", out.toString());
  }

  Path path(String containerPath) {
    return root.resolve(containerPath.substring(1));
  }

  TestBroker start() throws Exception {
    launch();
    address = running.listening().toCompletableFuture().get(10, TimeUnit.SECONDS);
    return this;
  }

  RunningKbs launch() throws Exception {
    Surroundings surroundings =
        new Surroundings(
            vertx, clock, new SecureRandom(), verifiers, emulatedRoots, profile, journal);
    running =
        new KbsProgram(surroundings)
            .start(
                List.of("--config-file", CONFIG),
                Map.of(),
                this::path,
                InetAddress.getLoopbackAddress(),
                log::add);
    return running;
  }

  /** Stops the program and starts it again on another port, as a new pod would. */
  TestBroker restart() throws Exception {
    running.close();
    return start();
  }

  int exitCode() throws Exception {
    return launch().exited().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  String url(String scheme) {
    return scheme + "://127.0.0.1:" + address.getPort();
  }

  String url() {
    return url("http");
  }

  InetSocketAddress address() {
    return address;
  }

  String logText() {
    return String.join("\n", log);
  }

  @Override
  public void close() {
    if (running != null) {
      running.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
