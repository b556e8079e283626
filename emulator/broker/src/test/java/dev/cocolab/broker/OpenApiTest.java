package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.broker.config.AsConfigReader;
import dev.cocolab.broker.config.KbsConfigReader;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.storage.StorageProvider;
import dev.cocolab.protocol.Profile;
import io.vertx.core.Vertx;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The OpenAPI documents describe what is served, all of it, and nothing else. */
class OpenApiTest {
  private static final String ALL_PLUGINS =
      TestBroker.PERMISSIVE.replace("\"DenyAll\"", "\"InsecureAllowAll\"")
          + """

          [[plugins]]
          name = "sample"
          item = "x"

          [[plugins]]
          name = "provisioner"

          [[plugins]]
          name = "nebula-ca"
          work_dir = "/nebula"
          """;

  @TempDir Path root;

  private static JsonNode document(OpenApiDocument document) {
    return JsonMapper.shared().readTree(document.text());
  }

  private static Set<Endpoint> described(OpenApiDocument document) {
    Set<Endpoint> out = new LinkedHashSet<>();
    for (var path : document(document).path("paths").properties()) {
      for (String method : path.getValue().propertyNames()) {
        out.add(new Endpoint(path.getKey(), method.toUpperCase(Locale.ROOT)));
      }
    }
    return out;
  }

  private Surroundings surroundings(Vertx vertx) {
    return new Surroundings(
        vertx,
        new SettableClock(),
        new SecureRandom(),
        Map.of(),
        Optional.empty(),
        Profile.upstream(),
        new AttestationJournal(1));
  }

  private static KbsLog silent() {
    return new KbsLog(line -> {}, Profile.upstream().logs(), Optional.empty(), new SettableClock());
  }

  /** Up to the part of a path that stands for any, and without what a plugin takes behind it. */
  private static Endpoint served(Endpoint described, Set<String> plugins) {
    String path = described.path().replaceAll("/\\{.*", "");
    String[] parts = path.split("/", -1);
    boolean plugin = parts.length > 3 && plugins.contains(parts[3]);
    return new Endpoint(plugin ? "/kbs/v0/" + parts[3] : path, described.method());
  }

  @Test
  void everythingOfTheBrokerIsDescribedAndNothingElse() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Path file = Files.writeString(root.resolve("kbs.toml"), ALL_PLUGINS);
      Set<Endpoint> operations =
          new Assembly(
                  surroundings(vertx),
                  KbsConfigReader.read("kbs.toml", file),
                  name -> root.resolve(name.substring(1)),
                  silent())
              .api()
              .operations();
      Set<String> plugins = Set.of("resource", "sample", "provisioner", "nebula-ca");
      Set<Endpoint> described =
          described(OpenApiDocument.KBS).stream()
              .map(endpoint -> served(endpoint, plugins))
              .collect(Collectors.toSet());

      assertThat(operations).containsAll(described);
      assertThat(
              operations.stream()
                  .filter(endpoint -> plugins.stream().noneMatch(endpoint.path()::endsWith)))
          .allMatch(described::contains);
      assertThat(
              operations.stream()
                  .map(Endpoint::path)
                  .filter(path -> plugins.stream().anyMatch(path::endsWith)))
          .allMatch(path -> described.stream().anyMatch(one -> one.path().equals(path)));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** Of a plugin's methods those that it takes: what is not described it refuses. */
  @Test
  void pluginsRefuseWhatIsNotDescribed() throws Exception {
    try (TestBroker broker = new TestBroker(root).config(ALL_PLUGINS)) {
      broker.resourcePolicy("package policy\nallow := true\n").start();
      TestGuest guest = new TestGuest(broker.url());
      guest.handshake();
      for (var path : document(OpenApiDocument.KBS).path("paths").properties()) {
        for (String method : new String[] {"GET", "POST", "PUT", "DELETE"}) {
          if (path.getValue().has(method.toLowerCase(Locale.ROOT))) {
            continue;
          }
          HttpResponse<byte[]> answer =
              guest.send(method, path.getKey().replaceAll("[{}]", ""), new byte[0]);
          assertThat(answer.statusCode())
              .as(method + " " + path.getKey() + " " + text(answer))
              .isIn(401, 404, 405);
        }
      }
    }
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void everythingOfTheAttestationServiceIsDescribedAndNothingElse() {
    Vertx vertx = Vertx.vertx();
    try {
      AttestationParts parts =
          AttestationParts.of(
              surroundings(vertx),
              AsConfigReader.defaults().attestation(),
              new StorageProvider(StorageProvider.Type.MEMORY, root, root),
              name -> root,
              silent());
      RestfulAsApi api =
          new RestfulAsApi(
              parts,
              new AppraisalRecorder(
                  new AttestationJournal(1),
                  new IssuedTokens(),
                  parts.referenceValues(),
                  new SettableClock()),
              silent());

      assertThat(api.operations()).isEqualTo(described(OpenApiDocument.RESTFUL_AS));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @ParameterizedTest
  @EnumSource(OpenApiDocument.class)
  void everyReferenceLeadsSomewhereEveryPartIsUsedAndOperationsHaveNames(OpenApiDocument one) {
    JsonNode document = document(one);
    Set<String> references = new TreeSet<>();
    for (JsonNode reference : document.findValues("$ref")) {
      references.add(reference.asString().substring(1));
    }
    Set<String> parts = new TreeSet<>();
    for (String kind : new String[] {"headers", "responses", "schemas"}) {
      for (String name : document.path("components").path(kind).propertyNames()) {
        parts.add("/components/" + kind + "/" + name);
      }
    }

    assertThat(document.path("openapi").asString()).startsWith("3.1");
    assertThat(references).isEqualTo(parts);
    assertThat(document.findValues("operationId"))
        .doesNotHaveDuplicates()
        .hasSize(described(one).size());
    for (JsonNode responses : document.findValues("responses")) {
      for (JsonNode response : responses) {
        assertThat(response.has("$ref") || response.path("headers").has("x-cocolab-request-id"))
            .isTrue();
      }
    }
  }
}
