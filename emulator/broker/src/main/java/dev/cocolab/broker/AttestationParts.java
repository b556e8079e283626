package dev.cocolab.broker;

import dev.cocolab.broker.appraisal.AttestationService;
import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.policy.BuiltInPolicies;
import dev.cocolab.broker.policy.PolicyEngine;
import dev.cocolab.broker.storage.ReferenceValues;
import dev.cocolab.broker.storage.StorageProvider;
import dev.cocolab.broker.token.Pem;
import dev.cocolab.broker.token.TokenSigner;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * An attestation service with what belongs to it, in upstream's order of messages.
 *
 * @param referenceValues where its reference values are
 * @param policies its policies, the built-in ones among them
 * @param signer signs its tokens
 * @param service judges evidence
 */
record AttestationParts(
    ReferenceValues referenceValues,
    PolicyEngine policies,
    TokenSigner signer,
    AttestationService service) {
  private static final String BROKER_TARGET = "attestation_service::token::ear_broker";

  /**
   * Puts the parts together.
   *
   * @throws BrokerException for whatever keeps an attestation service from starting
   */
  static AttestationParts of(
      Surroundings surroundings,
      KbsConfig.Attestation config,
      StorageProvider storage,
      Function<String, Path> files,
      KbsLog log) {
    log.info("attestation_service::rvps", "launch a built-in RVPS.");
    ReferenceValues referenceValues =
        new ReferenceValues(storage, config.referenceValueStorage(), surroundings.clock());
    warnOf(referenceValues, log);
    PolicyEngine policies =
        new PolicyEngine(
            storage.open(StorageProvider.ATTESTATION_POLICY),
            surroundings.profile().brokerRego(),
            true);
    log.info(BROKER_TARGET, "Loading default AS policy \"default_cpu.rego\"");
    BuiltInPolicies.attestation().forEach(policies::seed);
    BuiltInPolicies.attestation().keySet().forEach(id -> warnOf(policies, id, log));
    TokenSigner signer = signer(surroundings, config.signer(), files, log);
    AttestationService service =
        new AttestationService(
            surroundings.verifiers(),
            surroundings.emulatedRoots(),
            policies,
            referenceValues,
            signer,
            config,
            surroundings.profile(),
            surroundings.clock(),
            log);
    return new AttestationParts(referenceValues, policies, signer, service);
  }

  private static TokenSigner signer(
      Surroundings surroundings,
      Optional<KbsConfig.Signer> configured,
      Function<String, Path> files,
      KbsLog log) {
    var dialect = surroundings.profile().token();
    if (configured.isEmpty()) {
      log.info(
          BROKER_TARGET,
          "No Token Signer key in config file, create an ephemeral key and without CA pubkey cert");
      return TokenSigner.ephemeral(surroundings.random(), dialect);
    }
    KbsConfig.Signer signer = configured.get();
    List<X509Certificate> chain =
        signer.certPath().map(name -> Pem.certificates(name, files.apply(name))).orElse(List.of());
    return TokenSigner.of(
        signer.keyPath(),
        files.apply(signer.keyPath()),
        chain,
        signer.certUrl(),
        surroundings.random(),
        dialect);
  }

  /**
   * Upstream notices at the first request only; a line at start costs nothing and saves a search.
   */
  static void warnOf(PolicyEngine policies, String id, KbsLog log) {
    policies
        .problem(id)
        .ifPresent(
            e ->
                log.warn(
                    "policy_engine",
                    id
                        + ".rego cannot be used, requests that need it will be refused: "
                        + e.getMessage()));
  }

  private static void warnOf(ReferenceValues values, KbsLog log) {
    try {
      values.now().all();
    } catch (BrokerException e) {
      log.warn(
          "reference_value_provider_service",
          "reference values cannot be read, attestations will be refused: " + e.chain());
    }
  }
}
