package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against the server, over HTTPS, with names that lead nowhere but to this machine. */
class ImagePullTest {

  private static final ImageReference NAME = ImageReference.parse("quay.io/lab/app:1");

  @TempDir Path directory;
  private Vertx vertx;
  private TestAuthority authority;
  private RegistryServer server;
  private RegistryClient client;
  private ImageStore store;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    authority = TestAuthority.forHosts("quay.io", "registry.example");
    server =
        RegistryServer.start(
            vertx, InetAddress.getLoopbackAddress(), Optional.of(authority.identity()));
    client = new RegistryClient(options());
    store = ImageStore.open(directory.resolve("cache"));
  }

  @AfterEach
  void stop() throws Exception {
    store.close();
    client.close();
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private RegistryClient.Options options() {
    InetSocketAddress address = server.address();
    return RegistryClient.Options.https(vertx, (host, port) -> address, List.of(authority.root()))
        .withPlatform(new Platform("linux", "amd64"));
  }

  @Test
  void pullsUnpacksAndReportsTheConfiguration() throws IOException {
    server.load(
        layout(
            "app",
            new TestLayers().file("base", "1").tar(),
            new TestLayers().file("app/run", "2").tar()),
        NAME);

    UnpackedImage image = store.pull(NAME, client, ImageAdmission.everything());

    assertThat(image.config().env()).containsExactly("PATH=/bin");
    assertThat(image.config().entrypoint()).containsExactly("/bin/app");
    assertThat(image.config().cmd()).containsExactly("x");
    assertThat(image.config().user()).isEqualTo("1001");
    assertThat(image.config().workingDir()).isEqualTo("/app");
    assertThat(image.layers()).hasSize(2);
    assertThat(image.layers().get(0).resolve("base")).hasContent("1");
    assertThat(image.layers().get(1).resolve("app/run")).hasContent("2");
    assertThat(image.manifestDigest()).startsWith("sha256:");
    assertThat(
            store
                .pull(
                    NAME.pinnedTo(Digest.parse(image.manifestDigest())),
                    client,
                    ImageAdmission.everything())
                .layers())
        .isEqualTo(image.layers());
  }

  @Test
  void appliesWhiteoutsByMergingTheLayersBelow() throws IOException {
    server.load(
        layout(
            "white",
            new TestLayers()
                .file("keep", "k")
                .file("gone", "g")
                .file("dir/old", "o")
                .file("dir/sub/x", "x")
                .tar(),
            new TestLayers()
                .file(".wh.gone", "")
                .file("dir/.wh..wh..opq", "")
                .file("dir/new", "n")
                .tar(),
            new TestLayers().file("top", "t").tar()),
        NAME);

    UnpackedImage image = store.pull(NAME, client, ImageAdmission.everything());

    assertThat(image.layers()).hasSize(2);
    Path merged = image.layers().get(0);
    assertThat(names(merged)).containsExactly("dir", "dir/new", "keep");
    assertThat(names(image.layers().get(1))).containsExactly("top");
  }

  @Test
  void asksTheAdmissionBeforeAnyLayer() throws IOException {
    server.load(layout("app", new TestLayers().file("f", "1").tar()), NAME);
    List<String> asked = new ArrayList<>();

    ImageException e =
        refusal(
            NAME,
            (reference, manifest) -> {
              asked.add(reference + " " + manifest.layers().size());
              throw ImageException.rejected("no");
            });

    assertThat(e.reason()).isEqualTo(Reason.POLICY_REJECTED);
    assertThat(e.stage()).isEqualTo(Stage.ADMISSION);
    assertThat(asked).containsExactly("quay.io/lab/app:1 1");
    assertThat(directory.resolve("cache/layers")).isEmptyDirectory();
  }

  @Test
  void aRefusedLayerLeavesNothingBehind() throws IOException {
    server.load(layout("evil", new TestLayers().file("ok", "1").file("../evil", "x").tar()), NAME);

    assertThat(refusal(NAME, ImageAdmission.everything()).reason())
        .isEqualTo(Reason.PATH_TRAVERSAL);

    assertThat(directory.resolve("cache/layers")).isEmptyDirectory();
    assertThat(names(directory.resolve("cache/staging")).stream().filter(n -> n.contains("rootfs")))
        .isEmpty();
  }

  @Test
  void aChangedBlobIsNoticed() throws IOException {
    Path layout = layout("app", new TestLayers().file("f", "content").tar());
    server.load(layout, NAME);
    Path largest = blobs(layout).stream().filter(f -> isGzip(f)).findFirst().orElseThrow();
    byte[] bytes = Files.readAllBytes(largest);
    bytes[4] ^= 1;
    Files.write(largest, bytes);

    assertThat(refusal(NAME, ImageAdmission.everything()).reason())
        .isEqualTo(Reason.DIGEST_MISMATCH);
  }

  @Test
  void choosesTheManifestOfThePlatform() throws IOException {
    Path layout = Files.createDirectories(directory.resolve("multi"));
    StringBuilder index = new StringBuilder("{\"schemaVersion\":2,\"manifests\":[");
    for (String arch : List.of("arm64", "amd64")) {
      byte[] tar = new TestLayers().file("arch", arch).tar();
      byte[] gzip = TestLayers.gzip(tar);
      String layer =
          TestLayers.descriptor(
              "application/vnd.oci.image.layer.v1.tar+gzip",
              TestLayers.blob(layout, gzip),
              gzip.length);
      String manifest =
          TestLayers.manifest(layout, List.of("\"" + Digest.sha256(tar) + "\""), List.of(layer));
      index.append(manifest, 0, manifest.length() - 1);
      index
          .append(",\"platform\":{\"os\":\"linux\",\"architecture\":\"")
          .append(arch)
          .append("\"}},");
    }
    index.setCharAt(index.length() - 1, ']');
    Files.writeString(layout.resolve("index.json"), index.append('}'));
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    server.load(layout, NAME);

    UnpackedImage image = store.pull(NAME, client, ImageAdmission.everything());

    assertThat(image.layers().get(0).resolve("arch")).hasContent("amd64");
    assertThat(client.manifest(NAME).index()).contains(client.manifest(NAME).referenced());
    try (RegistryClient other =
        new RegistryClient(options().withPlatform(new Platform("linux", "s390x")))) {
      ImageException e = catchThrowableOfType(ImageException.class, () -> other.manifest(NAME));
      assertThat(e.reason()).isEqualTo(Reason.NO_MATCHING_PLATFORM);
      assertThat(e).hasMessageStartingWith("Image manifest not found: ");
    }
  }

  @Test
  void protectedRepositoriesNeedTheirPassword() throws IOException {
    server.load(layout("app", new TestLayers().file("f", "1").tar()), NAME);
    server.protect("quay.io/lab", "robot", "s3cret");

    ImageException anonymous = refusal(NAME, ImageAdmission.everything());
    assertThat(anonymous.reason()).isEqualTo(Reason.NOT_AUTHORIZED);
    assertThat(anonymous).hasMessage("Not authorized: url https://quay.io/v2/lab/app/manifests/1");
    assertThat(anonymous.registryText())
        .contains("unauthorized: access to the requested resource is not authorized");
    assertThat(pullAs("robot", "wrong")).isEqualTo(Optional.of(Reason.NOT_AUTHORIZED));
    assertThat(pullAs("robot", "s3cret")).isEmpty();
  }

  private Optional<Reason> pullAs(String user, String password) {
    RegistryCredentials credentials = RegistryCredentials.of("quay.io", user, password);
    try (RegistryClient other =
        new RegistryClient(options().withCredentials(Optional.of(credentials)))) {
      store.pull(NAME, other, ImageAdmission.everything());
      return Optional.empty();
    } catch (ImageException e) {
      return Optional.of(e.reason());
    }
  }

  @Test
  void unknownNamesAreRegistryErrors() throws IOException {
    server.load(layout("app", new TestLayers().file("f", "1").tar()), NAME);

    ImageException tag =
        refusal(ImageReference.parse("quay.io/lab/app:2"), ImageAdmission.everything());
    assertThat(tag.reason()).isEqualTo(Reason.REGISTRY_ERROR);
    assertThat(tag)
        .hasMessage(
            "Registry error: url https://quay.io/v2/lab/app/manifests/2, envelope: OCI API errors: [OCI API error: manifest"
                + " unknown]");
    assertThat(tag.registryText()).contains("manifest unknown");
    ImageException registry =
        refusal(ImageReference.parse("registry.example/lab/other"), ImageAdmission.everything());
    assertThat(registry.reason()).isEqualTo(Reason.REGISTRY_ERROR);
  }

  @Test
  void theNameMustBeInTheCertificateAndItsRootMustBeTrusted() throws Exception {
    ImageException name =
        refusal(ImageReference.parse("elsewhere.example/lab/app:1"), ImageAdmission.everything());
    assertThat(name.reason()).isEqualTo(Reason.TLS);
    TestAuthority stranger = TestAuthority.forHosts("quay.io");
    InetSocketAddress address = server.address();
    try (RegistryClient other =
        new RegistryClient(
            RegistryClient.Options.https(
                vertx, (host, port) -> address, List.of(stranger.root())))) {
      assertThat(catchThrowableOfType(ImageException.class, () -> other.manifest(NAME)).reason())
          .isEqualTo(Reason.TLS);
    }
  }

  @Test
  void twoStoresMayFillOneCacheAtOnce() throws Exception {
    byte[] tar = new TestLayers().file("f", "content").symlink("l", "f").tar();
    server.load(layout("app", tar), NAME);
    try (ImageStore second = ImageStore.open(directory.resolve("cache"))) {
      List<CompletableFuture<UnpackedImage>> pulls = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        ImageStore chosen = i % 2 == 0 ? store : second;
        pulls.add(
            CompletableFuture.supplyAsync(
                () -> chosen.pull(NAME, client, ImageAdmission.everything())));
      }
      for (CompletableFuture<UnpackedImage> pull : pulls) {
        UnpackedImage image = pull.get(20, TimeUnit.SECONDS);
        assertThat(image.layers().get(0).resolve("f")).hasContent("content");
      }
    }
    assertThat(list(directory.resolve("cache/layers"))).hasSize(1);
  }

  @Test
  void leftoversOfAnEndedProcessAreSweptAndThoseOfALiveOneStay() throws IOException {
    Path staging = directory.resolve("cache/staging");
    Path dead =
        Files.createDirectories(staging.resolve("1-1-dead/1/rootfs")).getParent().getParent();
    Files.createFile(dead.resolve("lock"));
    // Killed before it had its name, and while it removed its own.
    Path hidden = Files.createDirectories(staging.resolve(".99999999-1-dead"));
    Path unlocked = Files.createDirectories(staging.resolve("99999999-1-dead/1")).getParent();
    long running = ProcessHandle.current().parent().orElseThrow().pid();
    Files.createDirectories(staging.resolve("." + running + "-1-beef"));
    List<Path> before = list(staging);

    ImageStore.open(directory.resolve("cache")).close();

    before.removeAll(List.of(dead, hidden, unlocked));
    assertThat(list(staging)).containsExactlyElementsOf(before);
  }

  private static List<Path> list(Path parent) throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return new ArrayList<>(files.sorted().toList());
    }
  }

  private ImageException refusal(ImageReference name, ImageAdmission admission) {
    ImageException e =
        catchThrowableOfType(ImageException.class, () -> store.pull(name, client, admission));
    assertThat(e).isNotNull();
    return e;
  }

  private Path layout(String name, byte[]... tars) throws IOException {
    return TestLayers.layout(Files.createDirectories(directory.resolve(name)), tars);
  }

  private static List<Path> blobs(Path layout) throws IOException {
    return list(layout.resolve("blobs/sha256"));
  }

  private static boolean isGzip(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> names(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(f -> !f.equals(root))
          .map(f -> root.relativize(f).toString())
          .sorted()
          .toList();
    }
  }
}
