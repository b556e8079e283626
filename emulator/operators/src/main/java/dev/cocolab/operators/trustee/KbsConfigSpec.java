package dev.cocolab.operators.trustee;

import dev.cocolab.operators.OperatorException;
import dev.cocolab.operators.OperatorException.Reason;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The specification of a KbsConfig ({@code confidentialcontainers.org/v1alpha1}), field by field.
 *
 * @param secretResources names of Secrets whose keys become resources, in the user's order
 * @param certificateCaches Secret name to mount path
 * @param environment variables of the container, by name
 */
public record KbsConfigSpec(
    String configMap,
    Optional<String> referenceValues,
    Optional<String> attestationPolicy,
    Optional<String> gpuAttestationPolicy,
    Optional<String> resourcePolicy,
    String authSecret,
    Optional<String> httpsKey,
    Optional<String> httpsCertificate,
    Optional<String> attestationKey,
    Optional<String> attestationCertificate,
    List<String> secretResources,
    List<CertificateCache> certificateCaches,
    Optional<String> ibmSeClaim,
    Map<String, String> environment,
    int replicas,
    String serviceType) {

  public static final String API_VERSION = "confidentialcontainers.org/v1alpha1";
  public static final String KIND = "KbsConfig";
  private static final String DEFAULT_CACHE =
      "/opt/confidential-containers/attestation-service/kds-store/vcek";

  public KbsConfigSpec {
    secretResources = List.copyOf(secretResources);
    certificateCaches = List.copyOf(certificateCaches);
    environment = java.util.Collections.unmodifiableMap(new TreeMap<>(environment));
  }

  /** A Secret with vendor certificates, mounted at {@code mountPath}. */
  public record CertificateCache(String secret, String mountPath) {}

  public static ResourceDefinitionContext context() {
    return new ResourceDefinitionContext.Builder()
        .withGroup("confidentialcontainers.org")
        .withVersion("v1alpha1")
        .withKind(KIND)
        .withPlural("kbsconfigs")
        .withNamespaced(true)
        .build();
  }

  /**
   * Reads a KbsConfig. An empty {@code kbsDeploymentType} counts as {@code AllInOneDeployment}.
   *
   * @throws OperatorException INVALID_OBJECT if a required name is missing, a field has the wrong
   *     shape, or the deployment type is {@code MicroservicesDeployment}, which is not supported
   */
  public static KbsConfigSpec of(GenericKubernetesResource object) {
    Fields spec = Fields.of(object.getAdditionalProperties().get("spec"), "spec");
    String type = spec.text("kbsDeploymentType").orElse("AllInOneDeployment");
    if (!type.equals("AllInOneDeployment")) {
      throw new OperatorException(
          Reason.INVALID_OBJECT,
          "kbsDeploymentType " + type + " is not supported, only AllInOneDeployment is");
    }
    return new KbsConfigSpec(
        spec.text("kbsConfigMapName").orElseThrow(() -> unnamed("ConfigMap", "kbs-config")),
        spec.text("kbsRvpsRefValuesConfigMapName"),
        spec.text("kbsAttestationPolicyConfigMapName"),
        spec.text("kbsGpuAttestationPolicyConfigMapName"),
        spec.text("kbsResourcePolicyConfigMapName"),
        spec.text("kbsAuthSecretName").orElseThrow(() -> unnamed("Secret", "auth-secret")),
        spec.text("kbsHttpsKeySecretName"),
        spec.text("kbsHttpsCertSecretName"),
        spec.text("kbsAttestationKeySecretName"),
        spec.text("kbsAttestationCertSecretName"),
        spec.texts("kbsSecretResources"),
        caches(spec.fields("kbsLocalCertCacheSpec")),
        spec.fields("ibmSEConfigSpec").text("certStorePvc"),
        spec.fields("KbsEnvVars").allTexts(),
        spec.fields("KbsDeploymentSpec").number("replicas").orElse(1),
        spec.text("kbsServiceType").orElse("ClusterIP"));
  }

  private static OperatorException unnamed(String kind, String volume) {
    return new OperatorException(
        Reason.INVALID_OBJECT, kind + " name hasn't been provided for volume " + volume);
  }

  private static List<CertificateCache> caches(Fields spec) {
    List<CertificateCache> result = new ArrayList<>();
    for (Fields entry : spec.list("secrets")) {
      String secret =
          entry
              .text("secretName")
              .orElseThrow(
                  () ->
                      new OperatorException(
                          Reason.INVALID_OBJECT, "kbsLocalCertCacheSpec: a secretName is missing"));
      result.add(new CertificateCache(secret, entry.text("mountPath").orElse(DEFAULT_CACHE)));
    }
    return result;
  }

  /** Both halves of the HTTPS key pair are named. */
  public boolean servesHttps() {
    return httpsKey.isPresent() && httpsCertificate.isPresent();
  }

  /** Both halves of the token signer's key pair are named. */
  public boolean signsTokens() {
    return attestationKey.isPresent() && attestationCertificate.isPresent();
  }

  /** The ConfigMaps the pod mounts, in the order in which the template annotation names them. */
  public List<String> configMaps() {
    return Stream.of(
            Optional.of(configMap),
            referenceValues,
            attestationPolicy,
            gpuAttestationPolicy,
            resourcePolicy)
        .flatMap(Optional::stream)
        .toList();
  }

  /** The Secrets the pod mounts. */
  public Set<String> secrets() {
    Set<String> result = new LinkedHashSet<>();
    result.add(authSecret);
    certificateCaches.forEach(c -> result.add(c.secret()));
    if (servesHttps()) {
      result.add(httpsKey.orElseThrow());
      result.add(httpsCertificate.orElseThrow());
    }
    if (signsTokens()) {
      result.add(attestationKey.orElseThrow());
      result.add(attestationCertificate.orElseThrow());
    }
    result.addAll(secretResources);
    return result;
  }
}
