package dev.cocolab.broker.config;

import dev.cocolab.broker.admin.AdminConfig;
import dev.cocolab.broker.storage.StorageProvider;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A configuration file of the Key Broker Service, with upstream's defaults filled in. Paths are
 * those inside the container.
 */
public record KbsConfig(
    Http http,
    Token token,
    Attestation attestation,
    AdminConfig admin,
    Storage storage,
    List<PluginConfig> plugins) {

  /**
   * Section {@code http_server}.
   *
   * @param sockets {@code ip:port} each
   * @param insecureHttp plain HTTP instead of TLS
   * @param privateKey PEM file, with TLS
   * @param certificate PEM file with the chain, with TLS
   * @param maxBodyBytes bound for request bodies
   * @param workers as printed in the log
   * @param tlsVersions the TLS versions that are spoken
   */
  public record Http(
      List<String> sockets,
      boolean insecureHttp,
      Optional<String> privateKey,
      Optional<String> certificate,
      int maxBodyBytes,
      int workers,
      Set<String> tlsVersions) {
    /** Copies the collections. */
    public Http {
      sockets = List.copyOf(sockets);
      Objects.requireNonNull(privateKey, "privateKey");
      Objects.requireNonNull(certificate, "certificate");
      tlsVersions = Set.copyOf(tlsVersions);
    }
  }

  /**
   * Section {@code attestation_token}.
   *
   * @param trustedJwkSets paths of JWK sets
   * @param trustedCerts PEM files, each with any number of certificates
   * @param extraTeeKeyPaths JSON pointers that are tried first
   * @param insecureHeaderJwk whether the key in a token's own header is believed
   */
  public record Token(
      List<String> trustedJwkSets,
      List<String> trustedCerts,
      List<String> extraTeeKeyPaths,
      boolean insecureHeaderJwk) {
    /** Copies the collections. */
    public Token {
      trustedJwkSets = List.copyOf(trustedJwkSets);
      trustedCerts = List.copyOf(trustedCerts);
      extraTeeKeyPaths = List.copyOf(extraTeeKeyPaths);
    }
  }

  /**
   * Section {@code attestation_service}.
   *
   * @param sessionMinutes life of a session
   * @param tokenMinutes life of a token
   * @param issuer token issuer
   * @param developer in {@code ear.verifier-id}
   * @param build likewise
   * @param profile {@code eat_profile}
   * @param verboseToken whether runtime data keep {@code additional-evidence} in the token
   * @param signer key of the tokens; ephemeral when absent
   * @param referenceValueStorage storage of reference values
   */
  public record Attestation(
      int sessionMinutes,
      int tokenMinutes,
      String issuer,
      String developer,
      String build,
      String profile,
      boolean verboseToken,
      Optional<Signer> signer,
      StorageProvider.Type referenceValueStorage) {}

  /**
   * Section {@code signer}.
   *
   * @param keyPath PEM file, EC P-256
   * @param certPath PEM file with the chain
   * @param certUrl copied into {@code x5u}
   */
  public record Signer(String keyPath, Optional<String> certPath, Optional<String> certUrl) {}

  /**
   * Section {@code storage_backend}.
   *
   * @param type default storage type
   * @param localFsDirectory directory of LocalFs
   * @param localJsonDirectory directory of LocalJson
   */
  public record Storage(
      StorageProvider.Type type, String localFsDirectory, String localJsonDirectory) {}

  /** Checks that nothing is missing. */
  public KbsConfig {
    Objects.requireNonNull(http, "http");
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(attestation, "attestation");
    Objects.requireNonNull(admin, "admin");
    Objects.requireNonNull(storage, "storage");
    plugins = List.copyOf(plugins);
  }
}
