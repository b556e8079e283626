package dev.cocolab.lab.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.ApiServer;
import dev.cocolab.apiserver.ApiServerOptions;
import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.authority.LabAuthority;
import dev.cocolab.lab.authority.SigningKeys;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.tee.BootImage;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Set-ups that {@code kill -9} cut off: the log of a whole one, cut after some of its records. All
 * of them with {@code -Dcocolab.cuts=1000}.
 */
class InterruptedSetupTest {
  private static final int CUTS = Integer.getInteger("cocolab.cuts", 6);
  private static final String TOKEN = "the-test-token";
  private static final String TRUSTEE = "/" + Names.TRUSTEE_NAMESPACE + "/";
  private static final int FRAME_HEADER = 12;

  @TempDir private Path directory;

  private final SecureRandom random = new SecureRandom();
  private Vertx vertx;
  private LabAuthority authority;
  private SigningKeys signing;

  @BeforeEach
  void makeKeys() throws IOException {
    vertx = Vertx.vertx();
    try (StagingArea staging = StagingArea.open(directory.resolve("staging"))) {
      Path roots = directory.resolve("roots");
      authority = LabAuthority.open(roots, staging, random, Clock.systemUTC());
      signing = SigningKeys.open(roots, staging, random);
    }
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void isCompletedWhereverItWasCutOff() throws IOException {
    Path whole = directory.resolve("whole");
    setUp(whole);
    byte[] log = Files.readAllBytes(whole.resolve("objects.log"));
    List<Integer> ends = recordEnds(log);
    Map<String, JsonNode> expected = objects(log);
    assertThat(expected).hasSizeGreaterThan(80);
    assertConsistent(expected);

    long seed = random.nextLong();
    List<Integer> cuts = new ArrayList<>(ends.subList(1, ends.size() - 1));
    Collections.shuffle(cuts, new Random(seed));
    for (int cut : cuts.subList(0, Math.min(CUTS, cuts.size()))) {
      Path folder = Files.createDirectory(directory.resolve("cut-" + cut));
      Files.write(folder.resolve("objects.log"), Arrays.copyOf(log, cut));

      setUp(folder);

      Map<String, JsonNode> found = objects(Files.readAllBytes(folder.resolve("objects.log")));
      assertThat(found.keySet()).as("seed %d, cut %d", seed, cut).isEqualTo(expected.keySet());
      assertConsistent(found);
    }
  }

  private void setUp(Path folder) {
    Identity serving = authority.server("api", List.of("localhost"), List.of("127.0.0.1"));
    try (ApiServer server =
            ApiServer.start(
                ApiServerOptions.builder(
                        vertx, new PemIdentity(serving.certificatePem(), serving.keyPem()))
                    .token(TOKEN, User.of("admin", User.MASTERS))
                    .data(folder)
                    .build());
        KubernetesClient admin =
            new KubernetesClientBuilder().withConfig(config(server.url().toString())).build()) {
      ClusterSetup setup = new ClusterSetup(admin, random, BootImage.defaultPodVm());
      new AccessSetup(admin).system();
      setup.apply(
          setup.trusteeIdentity().orElseGet(this::selfSigned),
          setup.tokenIdentity().orElseGet(this::selfSigned),
          signing);
    }
  }

  private Identity selfSigned() {
    return LabAuthority.selfSigned("kbs", List.of("kbs"), List.of(), random, Clock.systemUTC());
  }

  private Config config(String url) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(url)
        .withOauthToken(TOKEN)
        .withCaCertData(
            Base64.getEncoder()
                .encodeToString(authority.certificatePem().getBytes(StandardCharsets.US_ASCII)))
        .build();
  }

  /** What belongs together is of one start: keys, certificates, and the initdata that holds one. */
  private static void assertConsistent(Map<String, JsonNode> objects) {
    assertThat(secret(objects, "trusteeconfig-https-cert-secret", "certificate"))
        .isEqualTo(secret(objects, "trustee-tls-cert", "tls.crt"));
    assertThat(secret(objects, "trusteeconfig-https-key-secret", "privateKey"))
        .isEqualTo(secret(objects, "trustee-tls-cert", "tls.key"));
    assertThat(secret(objects, "trusteeconfig-attestation-cert-secret", "token.crt"))
        .isEqualTo(secret(objects, "trustee-token-cert", "tls.crt"));
    assertThat(secret(objects, "trusteeconfig-attestation-key-secret", "token.key"))
        .isEqualTo(secret(objects, "trustee-token-cert", "tls.key"));
    String initdata =
        objects
            .get("configmaps/" + Names.OSC_NAMESPACE + "/peer-pods-cm")
            .path("data")
            .path("INITDATA")
            .asString();
    assertThat(Initdata.decodeAnnotation(initdata).data().toString())
        .contains(secret(objects, "trustee-tls-cert", "tls.crt").strip());
    List<String> served = new ArrayList<>();
    objects
        .get("kbsconfigs.confidentialcontainers.org" + TRUSTEE + "trusteeconfig-kbs-config")
        .path("spec")
        .path("kbsSecretResources")
        .forEach(name -> served.add(name.asString()));
    assertThat(served)
        .containsExactly(
            "attestation-status",
            "conf-devhub-signature",
            "redhat-signature",
            "trustee-image-policy");
  }

  private static String secret(Map<String, JsonNode> objects, String name, String key) {
    JsonNode secret = objects.get("secrets" + TRUSTEE + name);
    return new String(
        Base64.getDecoder().decode(secret.path("data").path(key).asString()),
        StandardCharsets.UTF_8);
  }

  /** Offsets after the first line and after each record. */
  private static List<Integer> recordEnds(byte[] log) {
    List<Integer> ends = new ArrayList<>();
    int at = 0;
    while (log[at] != '\n') {
      at++;
    }
    at++;
    ends.add(at);
    while (at < log.length) {
      at += FRAME_HEADER + ByteBuffer.wrap(log, at, 4).getInt();
      ends.add(at);
    }
    return ends;
  }

  /** The last state of each object that a log holds. */
  private static Map<String, JsonNode> objects(byte[] log) {
    Map<String, JsonNode> objects = new TreeMap<>();
    List<Integer> ends = recordEnds(log);
    for (int i = 1; i < ends.size(); i++) {
      JsonNode entry =
          JsonMapper.shared()
              .readTree(Arrays.copyOfRange(log, ends.get(i - 1) + FRAME_HEADER, ends.get(i)));
      String key =
          entry.path("resource").asString()
              + "/"
              + entry.path("namespace").asString()
              + "/"
              + entry.path("name").asString();
      if (entry.has("object")) {
        objects.put(key, entry.path("object"));
      } else if (entry.has("resource")) {
        objects.remove(key);
      }
    }
    return objects;
  }
}
