package dev.cocolab.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * {@code cdh.toml}, the data hub's configuration.
 *
 * @param kbc {@code cc_kbc}, {@code offline_fs_kbc}, or what was written
 * @param url of the broker, without a trailing slash
 * @param certificate PEM, an extra TLS root
 * @param credentials fetched at start
 * @param skipSealedSecretVerification whether signatures of sealed secrets are not looked at
 */
record HubConfig(
    String kbc,
    String url,
    Optional<String> certificate,
    List<Credential> credentials,
    boolean skipSealedSecretVerification,
    ImageSettings image) {

  static final String ONLINE = "cc_kbc";
  static final String OFFLINE = "offline_fs_kbc";

  private static final String CREDENTIAL_DIRECTORY = "/run/confidential-containers/cdh/kbs";

  /** A resource that is written to a file when the data hub starts. */
  record Credential(String path, String resourceUri) {
    Credential {
      boolean legal =
          path.startsWith(CREDENTIAL_DIRECTORY)
              && List.of(path.split("/", -1)).stream()
                  .noneMatch(e -> e.equals("..") || e.equals("."));
      if (!legal) {
        throw new IllegalArgumentException(
            "init Hub failed: illegal path to put credential : " + path);
      }
      Objects.requireNonNull(resourceUri, "resourceUri");
    }
  }

  /**
   * The table {@code [image]}.
   *
   * @param policyUri wins over the inline policy
   * @param unsupported keys that change pulls in a way that is not emulated
   */
  record ImageSettings(
      Optional<String> policyUri,
      Optional<String> policy,
      Optional<String> sigstoreUri,
      Optional<String> credentialsUri,
      List<String> extraRoots,
      List<String> unsupported) {
    ImageSettings {
      extraRoots = List.copyOf(extraRoots);
      unsupported = List.copyOf(unsupported);
    }
  }

  /** Without a file nothing but a local key store is configured. */
  static HubConfig absent() {
    return new HubConfig(
        OFFLINE,
        "",
        Optional.empty(),
        List.of(),
        false,
        new ImageSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of()));
  }

  /** Throws {@link IllegalArgumentException} with a text for the guest's log. */
  static HubConfig parse(String toml) {
    ConfigFile file = ConfigFile.parse("cdh.toml", toml);
    String kbc =
        file.text("kbc.name")
            .orElseThrow(() -> new IllegalArgumentException("cdh.toml: missing field kbc.name"));
    String socket = file.text("socket").orElse("unix://");
    if (!socket.startsWith("unix://")) {
      throw new IllegalArgumentException("cdh.toml: socket must start with unix://");
    }
    List<Credential> credentials = new ArrayList<>();
    for (JsonNode entry : file.list("credentials")) {
      credentials.add(
          new Credential(entry.path("path").asString(""), entry.path("resource_uri").asString("")));
    }
    return new HubConfig(
        kbc,
        file.text("kbc.url").orElse("").replaceAll("/+$", ""),
        file.text("kbc.kbs_cert"),
        List.copyOf(credentials),
        file.flag("skip_sealed_secret_verification", false),
        image(file));
  }

  private static ImageSettings image(ConfigFile file) {
    List<String> unsupported = new ArrayList<>();
    for (String key :
        List.of("registry_configuration_uri", "registry_config", "image_pull_proxy")) {
      if (file.has("image." + key)) {
        unsupported.add("image." + key);
      }
    }
    return new ImageSettings(
        file.text("image.image_security_policy_uri"),
        file.text("image.image_security_policy"),
        file.text("image.sigstore_config_uri"),
        file.text("image.authenticated_registry_credentials_uri"),
        file.texts("image.extra_root_certificates"),
        unsupported);
  }
}
