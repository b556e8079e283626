package dev.cocolab.broker;

import com.nimbusds.jose.jwk.JWKSet;
import dev.cocolab.broker.admin.AdminConfig;
import dev.cocolab.broker.admin.AdminGate;
import dev.cocolab.broker.admin.BearerGate;
import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.config.PluginConfig;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.metrics.BuildInfo;
import dev.cocolab.broker.metrics.KbsMetrics;
import dev.cocolab.broker.plugin.NebulaCaPlugin;
import dev.cocolab.broker.plugin.Plugin;
import dev.cocolab.broker.plugin.ProvisionerPlugin;
import dev.cocolab.broker.plugin.ResourcePlugin;
import dev.cocolab.broker.plugin.SamplePlugin;
import dev.cocolab.broker.policy.BuiltInPolicies;
import dev.cocolab.broker.policy.PolicyEngine;
import dev.cocolab.broker.session.SessionStore;
import dev.cocolab.broker.storage.StorageProvider;
import dev.cocolab.broker.token.JwkSources;
import dev.cocolab.broker.token.Pem;
import dev.cocolab.broker.token.TeeKeyClaim;
import dev.cocolab.broker.token.TokenVerifier;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Puts a broker together from its configuration, in upstream's order of messages. */
final class Assembly {
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
    AttestationParts.warnOf(resourcePolicies, "resource-policy", log);
    if (config.admin() instanceof AdminConfig.InsecureAllowAll) {
      log.warn("kbs::admin", "insecure admin APIs are enabled");
    }
    AttestationParts attestation =
        AttestationParts.of(surroundings, config.attestation(), storage, files, log);
    SessionStore sessions =
        new SessionStore(
            clock,
            surroundings.random(),
            Duration.ofMinutes(config.attestation().sessionMinutes()));
    IssuedTokens issued = new IssuedTokens();
    AppraisalRecorder recorder =
        new AppraisalRecorder(surroundings.journal(), issued, attestation.referenceValues(), clock);
    KbsMetrics metrics = new KbsMetrics(BuildInfo.ofThisProgram());
    AdminApi admin =
        new AdminApi(
            adminGate(), attestation.policies(), resourcePolicies, attestation.referenceValues());
    KbsApi api =
        new KbsApi(
            new Handshake(
                sessions, attestation.service(), recorder, surroundings.random(), metrics),
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
    return new HttpApi(
        api::route, api.operations(), new RequestIds(surroundings.random()), metrics);
  }

  private AdminGate adminGate() {
    AdminConfig admin = config.admin();
    if (admin instanceof AdminConfig.AuthenticatedAuthorization bearer) {
      return BearerGate.open(bearer, files, surroundings.clock(), log);
    }
    return admin instanceof AdminConfig.DenyAll
        ? new AdminGate.Nobody()
        : new AdminGate.Everybody(log);
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
    if (one instanceof PluginConfig.NebulaCa nebula) {
      return NebulaCaPlugin.open(
          nebula.workDirectory(),
          files.apply(nebula.workDirectory()),
          nebula.authority(),
          surroundings.clock(),
          surroundings.random());
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
    JwkSources sources = new JwkSources(files);
    List<JWKSet> sets = config.token().trustedJwkSets().stream().map(sources::load).toList();
    List<X509Certificate> trusted = new ArrayList<>();
    for (String name : config.token().trustedCerts()) {
      trusted.addAll(Pem.certificates(name, files.apply(name)));
    }
    return new TokenVerifier(
        sets, trusted, config.token().insecureHeaderJwk(), surroundings.clock());
  }
}
