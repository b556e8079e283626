package dev.cocolab.broker;

import com.nimbusds.jose.jwk.JWKSet;
import dev.cocolab.broker.appraisal.AttestationService;
import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.config.PluginConfig;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.metrics.BuildInfo;
import dev.cocolab.broker.metrics.KbsMetrics;
import dev.cocolab.broker.plugin.Plugin;
import dev.cocolab.broker.plugin.ProvisionerPlugin;
import dev.cocolab.broker.plugin.ResourcePlugin;
import dev.cocolab.broker.plugin.SamplePlugin;
import dev.cocolab.broker.policy.BuiltInPolicies;
import dev.cocolab.broker.policy.PolicyEngine;
import dev.cocolab.broker.session.SessionStore;
import dev.cocolab.broker.storage.ReferenceValues;
import dev.cocolab.broker.storage.StorageProvider;
import dev.cocolab.broker.token.Pem;
import dev.cocolab.broker.token.TeeKeyClaim;
import dev.cocolab.broker.token.TokenSigner;
import dev.cocolab.broker.token.TokenVerifier;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Puts a broker together from its configuration, in upstream's order of messages. */
final class Assembly {
  private static final String BROKER_TARGET = "attestation_service::token::ear_broker";

  private final Surroundings surroundings;
  private final KbsConfig config;
  private final Function<String, Path> files;
  private final KbsLog log;

  Assembly(Surroundings surroundings, KbsConfig config, Function<String, Path> files, KbsLog log) {
    this.surroundings = surroundings;
    this.config = config;
    this.files = files;
    this.log = log;
  }

  /**
   * Makes the API.
   *
   * @throws BrokerException for whatever keeps a broker from starting
   */
  HttpApi api() {
    var clock = surroundings.clock();
    StorageProvider storage = storage();
    log.info("kbs", "KBS storage backend backend_type=" + storage.type().configName());
    TokenVerifier verifier = verifier();
    TeeKeyClaim keys = new TeeKeyClaim(config.token().extraTeeKeyPaths());
    var syntax = surroundings.profile().brokerRego();
    PolicyEngine resourcePolicies =
        new PolicyEngine(storage.open(StorageProvider.KBS), syntax, false);
    resourcePolicies.seed("resource-policy", BuiltInPolicies.resource());
    warnOf(resourcePolicies, "resource-policy");
    if (config.admin() == KbsConfig.AdminMode.INSECURE_ALLOW_ALL) {
      log.warn("kbs::admin", "insecure admin APIs are enabled");
    }
    log.info("attestation_service::rvps", "launch a built-in RVPS.");
    ReferenceValues referenceValues =
        new ReferenceValues(storage, config.attestation().referenceValueStorage(), clock);
    warnOf(referenceValues);
    PolicyEngine attestationPolicies =
        new PolicyEngine(storage.open(StorageProvider.ATTESTATION_POLICY), syntax, true);
    log.info(BROKER_TARGET, "Loading default AS policy \"default_cpu.rego\"");
    BuiltInPolicies.attestation().forEach(attestationPolicies::seed);
    BuiltInPolicies.attestation().keySet().forEach(id -> warnOf(attestationPolicies, id));
    AttestationService service =
        new AttestationService(
            surroundings.verifiers(),
            surroundings.emulatedRoots(),
            attestationPolicies,
            referenceValues,
            signer(),
            config.attestation(),
            surroundings.profile(),
            clock,
            log);
    SessionStore sessions =
        new SessionStore(
            clock,
            surroundings.random(),
            Duration.ofMinutes(config.attestation().sessionMinutes()));
    IssuedTokens issued = new IssuedTokens();
    AppraisalRecorder recorder =
        new AppraisalRecorder(surroundings.journal(), issued, referenceValues, clock);
    KbsMetrics metrics = new KbsMetrics(BuildInfo.ofThisProgram());
    AdminApi admin =
        new AdminApi(config.admin(), attestationPolicies, resourcePolicies, referenceValues, log);
    KbsApi api =
        new KbsApi(
            new Handshake(sessions, service, recorder, surroundings.random(), metrics),
            admin,
            new PluginApi(
                sessions,
                verifier,
                keys,
                resourcePolicies,
                admin,
                issued,
                surroundings,
                metrics,
                log),
            plugins(storage, metrics),
            metrics,
            log);
    return new HttpApi(api::route, new RequestIds(surroundings.random()), metrics);
  }

  /** By name; of two with the same name the last counts, as upstream has it. */
  private Map<String, Plugin> plugins(StorageProvider storage, KbsMetrics metrics) {
    Map<String, Plugin> out = new LinkedHashMap<>();
    for (PluginConfig one : config.plugins()) {
      Plugin plugin = plugin(one, storage, metrics);
      out.put(plugin.name(), plugin);
    }
    return out;
  }

  private Plugin plugin(PluginConfig one, StorageProvider storage, KbsMetrics metrics) {
    if (one instanceof PluginConfig.Provisioner provisioner) {
      return new ProvisionerPlugin(
          storage.open(ProvisionerPlugin.NAME), provisioner.keyLength(), surroundings.random());
    }
    return one instanceof PluginConfig.Sample
        ? new SamplePlugin()
        : new ResourcePlugin(storage.open(StorageProvider.REPOSITORY), metrics);
  }

  private StorageProvider storage() {
    return new StorageProvider(
        config.storage().type(),
        files.apply(config.storage().localFsDirectory()),
        files.apply(config.storage().localJsonDirectory()));
  }

  private TokenVerifier verifier() {
    List<JWKSet> sets = new ArrayList<>();
    for (String name : config.token().trustedJwkSets()) {
      sets.add(jwkSet(name));
    }
    List<X509Certificate> trusted = new ArrayList<>();
    for (String name : config.token().trustedCerts()) {
      trusted.addAll(Pem.certificates(name, files.apply(name)));
    }
    return new TokenVerifier(
        sets, trusted, config.token().insecureHeaderJwk(), surroundings.clock());
  }

  private JWKSet jwkSet(String name) {
    if (name.startsWith("https:") || name.startsWith("http:")) {
      throw new BrokerException(
          Reason.CONFIGURATION,
          "`trusted_jwk_sets`: " + name + ": only files are supported by this broker");
    }
    String path = name.startsWith("file://") ? name.substring("file://".length()) : name;
    try {
      return JWKSet.parse(Pem.read(path, files.apply(path)));
    } catch (ParseException e) {
      throw new BrokerException(Reason.KEY, path + ": not a JWK set: " + e.getMessage(), e);
    }
  }

  private TokenSigner signer() {
    var dialect = surroundings.profile().token();
    Optional<KbsConfig.Signer> configured = config.attestation().signer();
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
  private void warnOf(PolicyEngine policies, String id) {
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

  private void warnOf(ReferenceValues values) {
    try {
      values.now().all();
    } catch (BrokerException e) {
      log.warn(
          "reference_value_provider_service",
          "reference values cannot be read, attestations will be refused: " + e.chain());
    }
  }
}
