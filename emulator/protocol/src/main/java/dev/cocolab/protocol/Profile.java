package dev.cocolab.protocol;

import java.util.Objects;

/**
 * Everything in which the emulated releases differ. Whoever needs a version asks here.
 *
 * @param name as on the command line
 * @param evidenceVersion the {@code version} member of Azure vTPM evidence
 * @param inputNames how a TEE is spelled in policy input and token
 * @param token the dialect of attestation tokens
 * @param brokerRego the Rego syntax of Trustee's policies
 * @param agentRego the Rego syntax of the guest agent's policies
 * @param commandEnvironment what {@code exec} sees of sealed variables
 * @param errors the error texts
 * @param logs how the broker prints its log
 * @param restarts what makes the operator restart the broker
 */
public record Profile(
    String name,
    int evidenceVersion,
    InputNames inputNames,
    TokenDialect token,
    RegoSyntax brokerRego,
    RegoSyntax agentRego,
    CommandEnvironment commandEnvironment,
    ErrorTexts errors,
    LogStyle logs,
    RestartRules restarts) {

  /** How a TEE is spelled in policy input and token. */
  public enum InputNames {
    /** {@code az-snp-vtpm}, since Trustee v0.20. */
    HYPHENS,
    /** {@code az_snp_vtpm}, before. */
    UNDERSCORES;

    /** The key of a TEE's claims, from its wire name. */
    public String of(String teeWireName) {
      return this == HYPHENS ? teeWireName : teeWireName.replace('-', '_');
    }
  }

  /**
   * The dialect of attestation tokens.
   *
   * @param issuer whether the payload has {@code iss}
   * @param standardX5c whether {@code x5c} is padded standard base64, as RFC 7517 asks, or
   *     base64url without padding
   * @param paddedCoordinates whether coordinates of the header's key always have 32 bytes
   */
  public record TokenDialect(boolean issuer, boolean standardX5c, boolean paddedCoordinates) {}

  /** Which Rego syntax a policy must have. */
  public enum RegoSyntax {
    /** Rule bodies without {@code if}. */
    V0,
    /** {@code if} and {@code contains} are mandatory. */
    V1
  }

  /** What a command in a container sees of variables that are sealed. */
  public enum CommandEnvironment {
    /** The pointers, although the container's own process has the secrets. */
    SEALED,
    /** The secrets, since kata of September 2026. */
    UNSEALED
  }

  /** Which release's error texts are used. */
  public enum ErrorTexts {
    /** Those of the image that the Red Hat build 1.2 pins. */
    REDHAT_1_2,
    /** Those of Trustee's main branch, August 2026. */
    UPSTREAM
  }

  /** How the broker prints its log. */
  public enum LogStyle {
    /** {@code [2026-02-25T11:02:01Z INFO target] text}, the lines that the workshop prints. */
    BRACKETS,
    /** {@code 2026-02-25T11:02:01.123456Z INFO target: text}, since Trustee v0.18. */
    TRACING
  }

  /**
   * What makes the operator restart the broker by itself.
   *
   * @param configMapChange a changed ConfigMap of the broker
   * @param secretListChange a changed {@code kbsSecretResources} list
   */
  public record RestartRules(boolean configMapChange, boolean secretListChange) {}

  /** Checks that nothing is missing. */
  public Profile {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(inputNames, "inputNames");
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(brokerRego, "brokerRego");
    Objects.requireNonNull(agentRego, "agentRego");
    Objects.requireNonNull(commandEnvironment, "commandEnvironment");
    Objects.requireNonNull(errors, "errors");
    Objects.requireNonNull(logs, "logs");
    Objects.requireNonNull(restarts, "restarts");
  }

  /** The Red Hat build of Trustee 1.2, with log lines as the workshop prints them. */
  public static Profile redhat12() {
    return new Profile(
        "redhat-1.2",
        1,
        InputNames.HYPHENS,
        new TokenDialect(false, false, true),
        RegoSyntax.V1,
        RegoSyntax.V1,
        CommandEnvironment.SEALED,
        ErrorTexts.REDHAT_1_2,
        LogStyle.BRACKETS,
        new RestartRules(true, true));
  }

  /** Trustee's main branch, August 2026, with the guest of September 2026. */
  public static Profile upstream() {
    return new Profile(
        "upstream",
        2,
        InputNames.HYPHENS,
        new TokenDialect(true, true, true),
        RegoSyntax.V1,
        RegoSyntax.V1,
        CommandEnvironment.UNSEALED,
        ErrorTexts.UPSTREAM,
        LogStyle.TRACING,
        new RestartRules(true, true));
  }
}
