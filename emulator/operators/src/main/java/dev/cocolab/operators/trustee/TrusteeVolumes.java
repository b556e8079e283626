package dev.cocolab.operators.trustee;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The volumes of Trustee's pod and where they are mounted. The init container sees all mounts of
 * {@code kbs} and, beside them, the Secrets that it turns into resources.
 *
 * @param volumes in the order of the pod's specification
 * @param kbsMounts of the container {@code kbs}
 * @param converterMounts of the init container {@code secret-converter}
 */
record TrusteeVolumes(
    List<Volume> volumes, List<VolumeMount> kbsMounts, List<VolumeMount> converterMounts) {

  private static final String STORAGE = "/opt/confidential-containers/storage";
  private static final String POLICIES = STORAGE + "/attestation_service_policy";
  private static final String SECRETS = "/tmp/kbs-secrets/";
  private static final String IBM_SE = "/run/confidential-containers/ibmse/";

  TrusteeVolumes {
    volumes = List.copyOf(volumes);
    kbsMounts = List.copyOf(kbsMounts);
    converterMounts = List.copyOf(converterMounts);
  }

  static TrusteeVolumes of(KbsConfigSpec spec) {
    Builder b = new Builder();
    b.configMap("kbs-config", spec.configMap(), "/etc/kbs-config");
    b.memory("base-storage-dir", STORAGE);
    b.memory("attestation-policy-dir", POLICIES);
    b.file("attestation-policy", spec.attestationPolicy(), POLICIES, "default_cpu.rego");
    b.file("attestation-policy-gpu", spec.gpuAttestationPolicy(), POLICIES, "default_gpu.rego");
    b.memory("resource-policy-dir", STORAGE + "/kbs");
    b.file("resource-policy", spec.resourcePolicy(), STORAGE + "/kbs", "resource-policy.rego");
    spec.ibmSeClaim().ifPresent(b::claim);
    b.secret("auth-secret", spec.authSecret(), "/etc/auth-secret");
    spec.certificateCaches().forEach(c -> b.secret(c.secret(), c.secret(), c.mountPath()));
    if (spec.servesHttps()) {
      b.secret("https-key", spec.httpsKey().orElseThrow(), "/etc/https-key");
      b.secret("https-cert", spec.httpsCertificate().orElseThrow(), "/etc/https-cert");
    }
    if (spec.signsTokens()) {
      b.secret("attestation-key", spec.attestationKey().orElseThrow(), "/etc/attestation-key");
      b.secret(
          "attestation-cert", spec.attestationCertificate().orElseThrow(), "/etc/attestation-cert");
    }
    b.memory("repository-dir", STORAGE + "/repository");
    spec.secretResources().forEach(b::resource);
    b.memory("rvps-dir", STORAGE + "/local_json");
    b.file("reference-values", spec.referenceValues(), STORAGE + "/local_json", "reference_value");
    List<VolumeMount> converter = new ArrayList<>(b.kbs);
    converter.addAll(b.resources);
    return new TrusteeVolumes(b.volumes, b.kbs, converter);
  }

  private static final class Builder {
    private final List<Volume> volumes = new ArrayList<>();
    private final List<VolumeMount> kbs = new ArrayList<>();
    private final List<VolumeMount> resources = new ArrayList<>();

    private void memory(String name, String path) {
      volumes.add(
          new VolumeBuilder()
              .withName(name)
              .withNewEmptyDir()
              .withMedium("Memory")
              .endEmptyDir()
              .build());
      kbs.add(mount(name, path));
    }

    private void configMap(String name, String configMap, String path) {
      volumes.add(configMapVolume(name, configMap));
      kbs.add(mount(name, path));
    }

    private void file(String name, Optional<String> configMap, String directory, String file) {
      configMap.ifPresent(
          source -> {
            volumes.add(configMapVolume(name, source));
            kbs.add(
                new VolumeMountBuilder()
                    .withName(name)
                    .withMountPath(directory + "/" + file)
                    .withSubPath(file)
                    .build());
          });
    }

    private void secret(String name, String secret, String path) {
      volumes.add(secretVolume(name, secret));
      kbs.add(mount(name, path));
    }

    private void resource(String secret) {
      volumes.add(secretVolume(secret, secret));
      resources.add(mount(secret, SECRETS + secret));
    }

    private void claim(String name) {
      volumes.add(
          new VolumeBuilder()
              .withName(name)
              .withNewPersistentVolumeClaim()
              .withClaimName(name)
              .endPersistentVolumeClaim()
              .build());
      kbs.add(mount(name, IBM_SE));
    }

    private static Volume configMapVolume(String name, String configMap) {
      return new VolumeBuilder()
          .withName(name)
          .withNewConfigMap()
          .withName(configMap)
          .endConfigMap()
          .build();
    }

    private static Volume secretVolume(String name, String secret) {
      return new VolumeBuilder()
          .withName(name)
          .withNewSecret()
          .withSecretName(secret)
          .endSecret()
          .build();
    }

    private static VolumeMount mount(String name, String path) {
      return new VolumeMountBuilder().withName(name).withMountPath(path).build();
    }
  }
}
