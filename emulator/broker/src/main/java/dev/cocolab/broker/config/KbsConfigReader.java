package dev.cocolab.broker.config;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.storage.StorageProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * Reads {@code kbs-config.toml}. Unknown keys are ignored, except in {@code [admin]}, as upstream
 * does; a known key that asks for something this broker cannot do is refused by name.
 */
public final class KbsConfigReader {
  private static final String LOCAL_FS = "/opt/confidential-containers/storage/local_fs";
  private static final String LOCAL_JSON = "/opt/confidential-containers/storage/local_json";
  private static final int MIB = 1024 * 1024;

  private final Section root;

  private KbsConfigReader(Section root) {
    this.root = root;
  }

  /**
   * Reads a file.
   *
   * @param name the path inside the container, for messages
   * @param file where the file really is
   * @throws BrokerException CONFIGURATION naming file, place and reason
   */
  public static KbsConfig read(String name, Path file) {
    return new KbsConfigReader(new Section(name, "", tree(name, file))).config();
  }

  /**
   * The keys of a file that nobody knows: they count for nothing, as in Trustee.
   *
   * @throws BrokerException as {@link #read}, for a file that cannot be read
   */
  public static List<UnknownKey> unknownKeys(String name, Path file) {
    return KnownKeys.ofTrustee().unknown(tree(name, file));
  }

  private static JsonNode tree(String name, Path file) {
    if (!name.endsWith(".toml")) {
      throw new BrokerException(Reason.CONFIGURATION, name + ": only TOML files are supported");
    }
    try {
      return new TomlMapper().readTree(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new BrokerException(
          Reason.CONFIGURATION, "configuration file \"" + name + "\" not found", e);
    } catch (IOException e) {
      throw new BrokerException(
          Reason.CONFIGURATION, "configuration file \"" + name + "\" cannot be read: " + e, e);
    } catch (JacksonException e) {
      String place = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
      String text = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
      throw new BrokerException(
          Reason.CONFIGURATION, name + place + ": TOML parse error: " + text, e);
    }
  }

  private KbsConfig config() {
    KbsConfig.Storage storage = storage(root);
    Section service = root.sub("attestation_service");
    String type = service.text("type").orElse("coco_as_builtin");
    if (!Set.of("coco_as_builtin", "CoCoASBuiltIn").contains(type)) {
      throw service.unsupported("type", type);
    }
    KbsConfig.Attestation attestation = attestation(service, storage.type());
    return new KbsConfig(
        http(), token(), attestation, AdminSections.read(root), storage, PluginSections.read(root));
  }

  private KbsConfig.Http http() {
    Section section = root.sub("http_server");
    if (!section.exists()) {
      throw root.missing("http_server");
    }
    boolean insecure = section.flag("insecure_http", false);
    Optional<String> key = section.text("private_key");
    Optional<String> certificate = section.text("certificate");
    if (!insecure && (key.isEmpty() || certificate.isEmpty())) {
      throw section.refused("`private_key` and `certificate` are needed unless `insecure_http`");
    }
    List<String> sockets = section.texts("sockets");
    int size = section.number("payload_request_size", 2);
    if (size > 1024) {
      throw section.wrong("payload_request_size", "at most 1024");
    }
    return new KbsConfig.Http(
        sockets.isEmpty() ? List.of("127.0.0.1:8080") : sockets,
        insecure,
        key,
        certificate,
        size * MIB,
        section.number("worker_count", Runtime.getRuntime().availableProcessors()),
        tlsVersions(section));
  }

  private static Set<String> tlsVersions(Section section) {
    String profile = section.text("tls_profile").orElse("intermediate");
    return switch (profile) {
      case "modern" -> Set.of("TLSv1.3");
      case "old", "intermediate" -> Set.of("TLSv1.2", "TLSv1.3");
      case "custom" -> {
        Set<String> versions = new HashSet<>(Set.of("TLSv1.2", "TLSv1.3"));
        if (section.text("tls_min_version").orElse("1.2").equals("1.3")) {
          versions.remove("TLSv1.2");
        }
        if (section.text("tls_max_version").orElse("1.3").equals("1.2")) {
          versions.remove("TLSv1.3");
        }
        if (versions.isEmpty()) {
          throw section.refused("`tls_min_version` is above `tls_max_version`");
        }
        yield versions;
      }
      default -> throw section.unsupported("tls_profile", profile);
    };
  }

  private KbsConfig.Token token() {
    Section section = root.sub("attestation_token");
    return new KbsConfig.Token(
        section.texts("trusted_jwk_sets"),
        section.texts("trusted_certs_paths"),
        section.texts("extra_teekey_paths"),
        section.flag("insecure_header_jwk", false));
  }

  static KbsConfig.Attestation attestation(Section section, StorageProvider.Type defaultType) {
    Section broker = section.sub("attestation_token_broker");
    Section rvps = section.sub("rvps_config");
    String rvpsType = rvps.text("type").orElse("BuiltIn");
    if (!rvpsType.equals("BuiltIn")) {
      throw rvps.unsupported("type", rvpsType);
    }
    return new KbsConfig.Attestation(
        section.number("timeout", 5),
        broker.number("duration_min", 5),
        broker.text("issuer_name").orElse("CoCo-Attestation-Service"),
        broker.text("developer_name").orElse("https://confidentialcontainers.org"),
        broker.text("build_name").orElse("attestation-service 0.1.0"),
        broker.text("profile_name").orElse("tag:github.com,2024:confidential-containers/Trustee"),
        broker.flag("verbose_token", true),
        signer(broker.sub("signer")),
        rvps.text("storage_type").map(t -> type(rvps, "storage_type", t)).orElse(defaultType));
  }

  private static Optional<KbsConfig.Signer> signer(Section section) {
    if (!section.exists()) {
      return Optional.empty();
    }
    return Optional.of(
        new KbsConfig.Signer(
            section.text("key_path").orElseThrow(() -> section.missing("key_path")),
            section.text("cert_path"),
            section.text("cert_url")));
  }

  static KbsConfig.Storage storage(Section root) {
    Section section = root.sub("storage_backend");
    StorageProvider.Type type =
        section
            .text("storage_type")
            .map(t -> type(section, "storage_type", t))
            .orElse(StorageProvider.Type.MEMORY);
    Section backends = section.sub("backends");
    if (type == StorageProvider.Type.LOCAL_FS && !backends.sub("local_fs").exists()) {
      throw section.refused("invalid configuration: Local FS configuration is required");
    }
    return new KbsConfig.Storage(
        type,
        backends.sub("local_fs").text("dir_path").orElse(LOCAL_FS),
        backends.sub("local_json").text("file_dir_path").orElse(LOCAL_JSON));
  }

  private static StorageProvider.Type type(Section section, String key, String name) {
    return switch (name) {
      case "Memory", "memory" -> StorageProvider.Type.MEMORY;
      case "LocalFs", "local_fs" -> StorageProvider.Type.LOCAL_FS;
      case "LocalJson", "local_json" -> StorageProvider.Type.LOCAL_JSON;
      default -> throw section.unsupported(key, name);
    };
  }
}
