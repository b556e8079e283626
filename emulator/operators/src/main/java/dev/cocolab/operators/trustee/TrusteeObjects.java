package dev.cocolab.operators.trustee;

import dev.cocolab.operators.TrusteeSetup.Request;
import dev.cocolab.operators.TrusteeSetup.TlsPair;
import dev.cocolab.operators.control.Owners;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The objects that the operator derives from a TrusteeConfig with the profile Restricted (Red Hat
 * build of Trustee 1.2).
 */
public final class TrusteeObjects {

  private static final String MIGRATED = "kbs.confidentialcontainers.org/migrated-from-v1.1.0";
  private static final String VERSION = "v1.2.0";
  private static final String STATUS_SECRET = "attestation-status";

  private final Request request;
  private final SecureRandom random;

  public TrusteeObjects(Request request, SecureRandom random) {
    this.request = request;
    this.random = random;
  }

  /** What the user creates: the two TLS Secrets. */
  public List<Secret> sources() {
    return List.of(
        tls(request.httpsSecret(), request.https()), tls(request.tokenSecret(), request.token()));
  }

  private Secret tls(String name, TlsPair pair) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(request.namespace())
        .endMetadata()
        .withType("kubernetes.io/tls")
        .addToData("tls.crt", base64(pair.certificatePem()))
        .addToData("tls.key", base64(pair.privateKeyPem()))
        .build();
  }

  /** What the user creates: the TrusteeConfig itself. */
  public GenericKubernetesResource trusteeConfig() {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("profileType", "Restricted");
    spec.put("kbsServiceType", "ClusterIP");
    spec.put("httpsSpec", Map.of("tlsSecretName", request.httpsSecret()));
    spec.put("attestationTokenVerificationSpec", Map.of("tlsSecretName", request.tokenSecret()));
    return custom(KbsConfigSpec.API_VERSION, TrusteeConfigStatus.KIND, request.name(), spec);
  }

  /**
   * What the operator derives; {@code owner} is the TrusteeConfig as the API server has stored it.
   */
  public List<HasMetadata> derived(HasMetadata owner) {
    List<HasMetadata> result = new ArrayList<>();
    result.add(configMap("kbs-config", "kbs-config.toml", Texts.KBS_CONFIG_RESTRICTED.read()));
    result.add(
        configMap(
            "resource-policy", "resource-policy.rego", Texts.RESOURCE_POLICY_RESTRICTIVE.read()));
    result.add(configMap("rvps-reference-values", "reference_value", "{\n}"));
    result.add(
        configMap(
            "attestation-policy-cpu", "default_cpu.rego", Texts.ATTESTATION_POLICY_CPU.read()));
    result.add(
        configMap(
            "attestation-policy-gpu", "default_gpu.rego", Texts.ATTESTATION_POLICY_GPU.read()));
    result.add(authSecret());
    result.add(secret(STATUS_SECRET, Map.of("status", "success")));
    result.add(
        secret(named("https-key-secret"), Map.of("privateKey", request.https().privateKeyPem())));
    result.add(
        secret(
            named("https-cert-secret"), Map.of("certificate", request.https().certificatePem())));
    result.add(
        secret(
            named("attestation-key-secret"), Map.of("token.key", request.token().privateKeyPem())));
    result.add(
        secret(
            named("attestation-cert-secret"),
            Map.of("token.crt", request.token().certificatePem())));
    request.routeHost().ifPresent(host -> result.add(route(host)));
    result.add(kbsConfig());
    result.forEach(o -> o.getMetadata().setOwnerReferences(List.of(Owners.controlledBy(owner))));
    return result;
  }

  private String named(String suffix) {
    return request.name() + "-" + suffix;
  }

  private ConfigMap configMap(String suffix, String key, String text) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(named(suffix))
        .withNamespace(request.namespace())
        .addToAnnotations(MIGRATED, VERSION)
        .endMetadata()
        .addToData(key, text)
        .build();
  }

  private Secret secret(String name, Map<String, String> texts) {
    SecretBuilder secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(request.namespace())
            .endMetadata()
            .withType("Opaque");
    texts.forEach((key, text) -> secret.addToData(key, base64(text)));
    return secret.build();
  }

  private Secret authSecret() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(255, random);
      KeyPair pair = generator.generateKeyPair();
      Map<String, String> texts = new LinkedHashMap<>();
      texts.put("publicKey", pem("PUBLIC KEY", pair.getPublic().getEncoded()));
      texts.put("privateKey", pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      return secret(named("auth-secret"), texts);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no Ed25519", e);
    }
  }

  private static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  private GenericKubernetesResource kbsConfig() {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("kbsConfigMapName", named("kbs-config"));
    spec.put("kbsRvpsRefValuesConfigMapName", named("rvps-reference-values"));
    spec.put("kbsAuthSecretName", named("auth-secret"));
    spec.put("kbsServiceType", "ClusterIP");
    spec.put("kbsDeploymentType", "AllInOneDeployment");
    spec.put("kbsHttpsKeySecretName", named("https-key-secret"));
    spec.put("kbsHttpsCertSecretName", named("https-cert-secret"));
    spec.put("kbsAttestationKeySecretName", named("attestation-key-secret"));
    spec.put("kbsAttestationCertSecretName", named("attestation-cert-secret"));
    spec.put("kbsSecretResources", new ArrayList<>(List.of(STATUS_SECRET)));
    spec.put("kbsAttestationPolicyConfigMapName", named("attestation-policy-cpu"));
    spec.put("kbsGpuAttestationPolicyConfigMapName", named("attestation-policy-gpu"));
    spec.put("kbsResourcePolicyConfigMapName", named("resource-policy"));
    spec.put("KbsDeploymentSpec", Map.of("replicas", 1));
    return custom(KbsConfigSpec.API_VERSION, KbsConfigSpec.KIND, named("kbs-config"), spec);
  }

  private GenericKubernetesResource route(String host) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("host", host);
    spec.put("to", Map.of("kind", "Service", "name", TrusteeDeployment.SERVICE, "weight", 100));
    spec.put("port", Map.of("targetPort", "kbs-port"));
    spec.put("tls", Map.of("termination", "passthrough"));
    spec.put("wildcardPolicy", "None");
    return custom("route.openshift.io/v1", "Route", "kbs-route", spec);
  }

  private GenericKubernetesResource custom(
      String apiVersion, String kind, String name, Object spec) {
    GenericKubernetesResource object = new GenericKubernetesResource();
    object.setApiVersion(apiVersion);
    object.setKind(kind);
    object.setMetadata(
        new ObjectMetaBuilder().withName(name).withNamespace(request.namespace()).build());
    object.setAdditionalProperty("spec", spec);
    return object;
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** The definitions of KbsConfig, TrusteeConfig and Route, as YAML. */
  public static List<String> definitions() {
    return List.of(
        Texts.KBS_CONFIG_CRD.read(), Texts.TRUSTEE_CONFIG_CRD.read(), Texts.ROUTE_CRD.read());
  }
}
