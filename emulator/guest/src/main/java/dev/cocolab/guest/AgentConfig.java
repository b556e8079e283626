package dev.cocolab.guest;

import java.util.Objects;
import java.util.Optional;

/**
 * {@code aa.toml}, the attestation agent's configuration; every section is optional.
 *
 * @param kbs where tokens of type {@code kbs} come from
 * @param attestationServiceUrl where tokens of type {@code coco_as} come from
 * @param eventLog whether runtime measurements are recorded
 * @param eventRegister the register of events that name none
 */
record AgentConfig(
    Optional<Kbs> kbs,
    Optional<String> attestationServiceUrl,
    boolean eventLog,
    int eventRegister) {

  private static final int DEFAULT_REGISTER = 17;
  private static final String DEFAULT_KEY = "ECDH-ES+A256KW-P256";

  /**
   * A broker.
   *
   * @param url without a trailing slash
   * @param certificate one PEM certificate, an extra TLS root
   * @param keyAlgorithm of the TEE key
   */
  record Kbs(String url, Optional<String> certificate, String keyAlgorithm) {
    Kbs {
      Objects.requireNonNull(url, "url");
      Objects.requireNonNull(certificate, "certificate");
      Objects.requireNonNull(keyAlgorithm, "keyAlgorithm");
    }

    /** The one algorithm that is emulated. */
    boolean hasDefaultKey() {
      return keyAlgorithm.equals(DEFAULT_KEY);
    }
  }

  /** Throws {@link IllegalArgumentException} with a text for the guest's log. */
  static AgentConfig parse(String toml) {
    ConfigFile file = ConfigFile.parse("aa.toml", toml);
    Optional<Kbs> kbs = Optional.empty();
    if (file.has("token_configs.kbs")) {
      String url =
          file.text("token_configs.kbs.url")
              .orElseThrow(
                  () ->
                      new IllegalArgumentException("aa.toml: missing field token_configs.kbs.url"));
      kbs =
          Optional.of(
              new Kbs(
                  url.replaceAll("/+$", ""),
                  file.text("token_configs.kbs.cert"),
                  file.text("token_configs.kbs.tee_key_algorithm").orElse(DEFAULT_KEY)));
    }
    return new AgentConfig(
        kbs,
        file.text("token_configs.coco_as.url"),
        file.flag("eventlog_config.enable_eventlog", false),
        file.number("eventlog_config.init_pcr", DEFAULT_REGISTER));
  }
}
