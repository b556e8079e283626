package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Reads images from registries (OCI distribution specification 1.1, pull). Calls block and are not
 * for event loops; the client may be used by several threads. Manifests and configurations are
 * bounded to 4 MiB. Failures are {@link ImageException}s whose texts are those of the guest's OCI
 * client.
 */
public final class RegistryClient implements AutoCloseable {

  private static final int MANIFEST_LIMIT = 4 * 1024 * 1024;
  private static final int ERROR_LIMIT = 64 * 1024;
  private static final String ACCEPT =
      String.join(
          ", ",
          MediaTypes.DOCKER_MANIFEST,
          MediaTypes.DOCKER_LIST,
          MediaTypes.OCI_MANIFEST,
          MediaTypes.OCI_INDEX);

  private final Options options;
  private final RegistryHttp http;
  private final RegistryAuthorization authorization;

  public RegistryClient(Options options) {
    this.options = Objects.requireNonNull(options, "options");
    this.http = new RegistryHttp(options);
    this.authorization = new RegistryAuthorization(http, options.credentials());
  }

  /**
   * How to reach registries.
   *
   * @param trustedRoots the complete list of accepted TLS roots; empty means those of the Java
   *     runtime
   * @param plainHttp HTTP instead of HTTPS, which a registry configuration calls insecure
   * @param connectTimeout for TCP and for TLS, each
   * @param requestTimeout for the head of an answer, and for each part of a body
   */
  public record Options(
      Vertx vertx,
      HostResolver hosts,
      List<X509Certificate> trustedRoots,
      Optional<RegistryCredentials> credentials,
      boolean plainHttp,
      Platform platform,
      Duration connectTimeout,
      Duration requestTimeout) {

    public Options {
      Objects.requireNonNull(vertx, "vertx");
      Objects.requireNonNull(hosts, "hosts");
      trustedRoots = List.copyOf(trustedRoots);
      Objects.requireNonNull(credentials, "credentials");
      Objects.requireNonNull(platform, "platform");
    }

    /** HTTPS, anonymous, this machine's platform, 5 s to connect, 15 s to answer. */
    public static Options https(
        Vertx vertx, HostResolver hosts, List<X509Certificate> trustedRoots) {
      return new Options(
          vertx,
          hosts,
          trustedRoots,
          Optional.empty(),
          false,
          Platform.ofThisMachine(),
          Duration.ofSeconds(5),
          Duration.ofSeconds(15));
    }

    public Options withCredentials(Optional<RegistryCredentials> known) {
      return new Options(
          vertx, hosts, trustedRoots, known, plainHttp, platform, connectTimeout, requestTimeout);
    }

    public Options withPlainHttp(boolean plain) {
      return new Options(
          vertx, hosts, trustedRoots, credentials, plain, platform, connectTimeout, requestTimeout);
    }

    public Options withPlatform(Platform wanted) {
      return new Options(
          vertx,
          hosts,
          trustedRoots,
          credentials,
          plainHttp,
          wanted,
          connectTimeout,
          requestTimeout);
    }

    public Options withTimeouts(Duration connect, Duration request) {
      return new Options(
          vertx, hosts, trustedRoots, credentials, plainHttp, platform, connect, request);
    }
  }

  /**
   * The manifest for the platform; an index is resolved by one step. Digests are checked against
   * the bytes.
   */
  public ImageManifest manifest(ImageReference image) {
    Fetched top = fetch(image, image.apiReference(), image.digest());
    if (!MediaTypes.INDEXES.contains(top.mediaType)) {
      return ManifestReader.manifest(manifestOnly(top, image), top.digest, Optional.empty());
    }
    Descriptor chosen = ManifestReader.choose(top.document, options.platform(), image);
    Fetched platform = fetch(image, chosen.digest().toString(), Optional.of(chosen.digest()));
    return ManifestReader.manifest(
        manifestOnly(platform, image), platform.digest, Optional.of(top.digest));
  }

  /**
   * The manifest at a tag for signatures; empty when the registry has nothing there. An index is
   * refused with SIGNATURE_IS_INDEX.
   */
  Optional<ImageManifest> signatureManifest(ImageReference place) {
    URI url = url(place, "manifests/" + place.apiReference());
    RegistryHttp.Answer answer = send(place, url, ACCEPT, Stage.MANIFEST);
    if (answer.status() == 404) {
      answer.close();
      return Optional.empty();
    }
    Fetched fetched = read(place, requireOk(answer, url, Stage.MANIFEST), Optional.empty());
    if (MediaTypes.INDEXES.contains(fetched.mediaType)) {
      throw new ImageException(
          Stage.MANIFEST, Reason.SIGNATURE_IS_INDEX, place + " is an index, not a manifest");
    }
    return Optional.of(
        ManifestReader.manifest(manifestOnly(fetched, place), fetched.digest, Optional.empty()));
  }

  /** The image configuration, checked against its descriptor. */
  public ImageConfig config(ImageReference image, ImageManifest manifest) {
    Descriptor descriptor = manifest.config();
    if (descriptor.size() > MANIFEST_LIMIT) {
      throw new ImageException(
          Stage.MANIFEST, Reason.TOO_LARGE, "image configuration is larger than 4 MiB");
    }
    try (InputStream body = blob(image, descriptor, Stage.MANIFEST)) {
      return ManifestReader.config(body.readAllBytes());
    } catch (IOException e) {
      throw new ImageException(
          Stage.MANIFEST, Reason.TRUNCATED, "reading the image configuration of " + image, e);
    }
  }

  /** A blob; its size and digest are checked when its end is read, so content counts only then. */
  public InputStream blob(ImageReference image, Descriptor descriptor) {
    return blob(image, descriptor, Stage.BLOB);
  }

  private VerifyingStream blob(ImageReference image, Descriptor descriptor, Stage stage) {
    RegistryHttp.Answer answer = request(image, "blobs/" + descriptor.digest(), "*/*", stage);
    return new VerifyingStream(answer.body(), descriptor, stage);
  }

  private record Fetched(JsonNode document, String mediaType, Digest digest) {}

  private static JsonNode manifestOnly(Fetched fetched, ImageReference image) {
    if (!MediaTypes.MANIFESTS.contains(fetched.mediaType)) {
      throw new ImageException(
          Stage.MANIFEST,
          Reason.UNSUPPORTED_MEDIA_TYPE,
          "manifest of " + image + " has the unsupported media type " + fetched.mediaType);
    }
    return fetched.document;
  }

  private Fetched fetch(ImageReference image, String reference, Optional<Digest> expected) {
    return read(image, request(image, "manifests/" + reference, ACCEPT, Stage.MANIFEST), expected);
  }

  private static Fetched read(
      ImageReference image, RegistryHttp.Answer open, Optional<Digest> expected) {
    try (RegistryHttp.Answer answer = open) {
      byte[] bytes = answer.body().readNBytes(MANIFEST_LIMIT + 1);
      if (bytes.length > MANIFEST_LIMIT) {
        throw new ImageException(
            Stage.MANIFEST, Reason.TOO_LARGE, "manifest of " + image + " is larger than 4 MiB");
      }
      Digest digest = Digest.of(expected.map(Digest::algorithm).orElse("sha256"), bytes);
      String claimed = answer.header("docker-content-digest");
      boolean differs =
          claimed.startsWith(digest.algorithm() + ":") && !claimed.equals(digest.toString());
      if (differs || (expected.isPresent() && !expected.get().equals(digest))) {
        throw new ImageException(
            Stage.MANIFEST,
            Reason.DIGEST_MISMATCH,
            "manifest of "
                + image
                + " has digest "
                + digest
                + ", not "
                + expected.map(Digest::toString).orElse(claimed));
      }
      JsonNode document = ManifestReader.json(bytes, Reason.BAD_MANIFEST, "manifest of " + image);
      return new Fetched(
          document, ManifestReader.mediaType(document, answer.header("content-type")), digest);
    } catch (IOException e) {
      throw new ImageException(
          Stage.MANIFEST, Reason.TRUNCATED, "reading the manifest of " + image, e);
    }
  }

  private RegistryHttp.Answer request(
      ImageReference image, String what, String accept, Stage stage) {
    URI url = url(image, what);
    return requireOk(send(image, url, accept, stage), url, stage);
  }

  private URI url(ImageReference image, String what) {
    String scheme = options.plainHttp() ? "http" : "https";
    String port = image.port().map(p -> ":" + p).orElse("");
    return URI.create(
        scheme + "://" + image.apiHost() + port + "/v2/" + image.repository() + "/" + what);
  }

  /** The answer after a challenge was met, whatever its status. */
  private RegistryHttp.Answer send(ImageReference image, URI url, String accept, Stage stage) {
    Optional<String> known = authorization.known(image);
    RegistryHttp.Answer answer = http.get(url, headers(accept, known), stage);
    if (answer.status() != 401) {
      return answer;
    }
    Optional<String> header;
    try (answer) {
      header = authorization.answer(image, answer.header("www-authenticate"), url);
      if (header.isEmpty() || header.equals(known)) {
        throw failure(answer, url, stage);
      }
    }
    return http.get(url, headers(accept, header), stage);
  }

  private static RegistryHttp.Answer requireOk(RegistryHttp.Answer answer, URI url, Stage stage) {
    if (answer.status() != 200) {
      try (RegistryHttp.Answer refused = answer) {
        throw failure(refused, url, stage);
      }
    }
    return answer;
  }

  private static Map<String, String> headers(String accept, Optional<String> authorization) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", accept);
    headers.put("User-Agent", "cocolab-image");
    authorization.ifPresent(value -> headers.put("Authorization", value));
    return headers;
  }

  private static ImageException failure(RegistryHttp.Answer answer, URI url, Stage stage) {
    int status = answer.status();
    byte[] body;
    try {
      body = answer.body().readNBytes(ERROR_LIMIT);
    } catch (IOException e) {
      return new ImageException(
          stage, Reason.SERVER_ERROR, "Server error: url " + url + ", code: " + status, e);
    }
    Optional<RegistryError> oci = status < 500 ? RegistryError.read(body) : Optional.empty();
    String words = oci.map(RegistryError::text).orElse("");
    if (status == 401) {
      return new ImageException(stage, Reason.NOT_AUTHORIZED, "Not authorized: url " + url, words);
    }
    if (oci.isPresent()) {
      Reason reason = status == 403 ? Reason.NOT_AUTHORIZED : Reason.REGISTRY_ERROR;
      return new ImageException(
          stage,
          reason,
          "Registry error: url "
              + url
              + ", envelope: OCI API errors: [OCI API error: "
              + oci.get().message()
              + "]",
          words);
    }
    String text =
        new String(body, 0, Math.min(body.length, 512), java.nio.charset.StandardCharsets.UTF_8);
    return new ImageException(
        stage,
        Reason.SERVER_ERROR,
        "Server error: url " + url + ", code: " + status + ", message: " + text);
  }

  @Override
  public void close() {
    http.close();
  }
}
