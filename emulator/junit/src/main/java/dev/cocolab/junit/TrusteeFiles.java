package dev.cocolab.junit;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.storage.KeyValueStore;
import dev.cocolab.broker.storage.StorageProvider;
import dev.cocolab.junit.EmbeddingException.Reason;
import dev.cocolab.lab.authority.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What the broker's container would see mounted, in a private folder that goes with it. */
final class TrusteeFiles implements AutoCloseable {
  static final String CONFIG = "/etc/kbs-config/kbs-config.toml";
  private static final String STORAGE = "/opt/confidential-containers/storage";

  private final Path root;

  private TrusteeFiles(Path root) {
    this.root = root;
  }

  static TrusteeFiles make(Identity https, Identity token) {
    try {
      // 0700 on every POSIX file system: what is below holds keys.
      TrusteeFiles files = new TrusteeFiles(Files.createTempDirectory("cocolab-trustee-"));
      files.write(CONFIG, text("kbs-config.toml"));
      files.write("/etc/https-key/privateKey", https.keyPem());
      files.write("/etc/https-cert/certificate", https.certificatePem());
      files.write("/etc/attestation-key/token.key", token.keyPem());
      files.write("/etc/attestation-cert/token.crt", token.certificatePem());
      Files.createDirectories(files.resolve(STORAGE + "/local_json"));
      return files;
    } catch (IOException e) {
      throw new EmbeddingException(
          Reason.HOME_UNUSABLE,
          "cannot write %s (%s); set java.io.tmpdir elsewhere"
              .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
          e);
    }
  }

  static String text(String resource) {
    try (InputStream in = TrusteeFiles.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a path of the container is on this machine. */
  Path resolve(String containerPath) {
    return root.resolve(containerPath.substring(1));
  }

  Path layers() {
    return root.resolve("layers");
  }

  void resource(String path, byte[] content) {
    store(StorageProvider.REPOSITORY, StorageProvider.Type.LOCAL_FS, path, content);
  }

  synchronized boolean remove(String path) {
    return open(StorageProvider.REPOSITORY, StorageProvider.Type.LOCAL_FS).delete(path);
  }

  void resourcePolicy(String rego) {
    store(
        StorageProvider.KBS,
        StorageProvider.Type.LOCAL_FS,
        "resource-policy.rego",
        rego.getBytes(StandardCharsets.UTF_8));
  }

  void attestationPolicy(String rego) {
    store(
        StorageProvider.ATTESTATION_POLICY,
        StorageProvider.Type.LOCAL_FS,
        "default_cpu.rego",
        rego.getBytes(StandardCharsets.UTF_8));
  }

  void referenceValue(String name, String json) {
    store(
        StorageProvider.REFERENCE_VALUE,
        StorageProvider.Type.LOCAL_JSON,
        name,
        json.getBytes(StandardCharsets.UTF_8));
  }

  /** One after the other: some stores are one file that is read, changed and replaced. */
  private synchronized void store(
      String namespace, StorageProvider.Type type, String key, byte[] value) {
    try {
      open(namespace, type).set(key, value);
    } catch (BrokerException e) {
      throw new EmbeddingException(
          Reason.BAD_ARGUMENT, "cannot store %s: %s".formatted(key, e.getMessage()), e);
    }
  }

  private KeyValueStore open(String namespace, StorageProvider.Type type) {
    return new StorageProvider(type, resolve(STORAGE), resolve(STORAGE + "/local_json"))
        .open(namespace);
  }

  private void write(String containerPath, String content) throws IOException {
    Path file = resolve(containerPath);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(root)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
