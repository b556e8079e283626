package dev.cocolab.operators.trustee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.operators.TrusteeSetup;
import dev.cocolab.operators.TrusteeSetup.TlsPair;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

class TrusteeObjectsTest {

  private final TrusteeObjects objects =
      new TrusteeObjects(
          TrusteeSetup.Request.workshop(
              new TlsPair("https cert", "https key"),
              new TlsPair("token cert", "token key"),
              Optional.of("kbs-route-trustee-operator-system.apps.example.test")),
          new SecureRandom());
  private final Map<String, HasMetadata> derived = derive();

  private Map<String, HasMetadata> derive() {
    GenericKubernetesResource owner = objects.trusteeConfig();
    owner.getMetadata().setUid("uid-tc");
    return objects.derived(owner).stream()
        .collect(Collectors.toMap(o -> o.getKind() + "/" + o.getMetadata().getName(), o -> o));
  }

  @Test
  void derivesWhatTheOperatorDerives() {
    assertThat(derived.keySet())
        .containsExactlyInAnyOrder(
            "KbsConfig/trusteeconfig-kbs-config",
            "ConfigMap/trusteeconfig-kbs-config",
            "ConfigMap/trusteeconfig-resource-policy",
            "ConfigMap/trusteeconfig-rvps-reference-values",
            "ConfigMap/trusteeconfig-attestation-policy-cpu",
            "ConfigMap/trusteeconfig-attestation-policy-gpu",
            "Secret/trusteeconfig-auth-secret",
            "Secret/attestation-status",
            "Secret/trusteeconfig-https-key-secret",
            "Secret/trusteeconfig-https-cert-secret",
            "Secret/trusteeconfig-attestation-key-secret",
            "Secret/trusteeconfig-attestation-cert-secret",
            "Route/kbs-route");
    assertThat(derived.values())
        .allSatisfy(
            o ->
                assertThat(o.getMetadata().getOwnerReferences().get(0).getUid())
                    .isEqualTo("uid-tc"));
  }

  @Test
  void copiesTheKeyPairsUnderTheKeysThatTheConfigurationNames() {
    assertThat(text("trusteeconfig-https-key-secret", "privateKey")).isEqualTo("https key");
    assertThat(text("trusteeconfig-https-cert-secret", "certificate")).isEqualTo("https cert");
    assertThat(text("trusteeconfig-attestation-key-secret", "token.key")).isEqualTo("token key");
    assertThat(text("trusteeconfig-attestation-cert-secret", "token.crt")).isEqualTo("token cert");
    assertThat(text("attestation-status", "status")).isEqualTo("success");
    ConfigMap values = (ConfigMap) derived.get("ConfigMap/trusteeconfig-rvps-reference-values");
    assertThat(values.getData()).containsEntry("reference_value", "{\n}");
  }

  @Test
  void theAdministratorsKeyPairBelongsTogether() throws Exception {
    PrivateKey key =
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(
                new PKCS8EncodedKeySpec(der(text("trusteeconfig-auth-secret", "privateKey"))));
    PublicKey publicKey =
        KeyFactory.getInstance("Ed25519")
            .generatePublic(
                new X509EncodedKeySpec(der(text("trusteeconfig-auth-secret", "publicKey"))));
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(key);
    signer.update("hello".getBytes(StandardCharsets.UTF_8));
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(publicKey);
    verifier.update("hello".getBytes(StandardCharsets.UTF_8));
    assertThat(verifier.verify(signer.sign())).isTrue();
  }

  @Test
  void theConfigurationIsRestrictedAndReadable() {
    ConfigMap map = (ConfigMap) derived.get("ConfigMap/trusteeconfig-kbs-config");
    JsonNode toml = new TomlMapper().readTree(map.getData().get("kbs-config.toml"));
    assertThat(toml.at("/http_server/insecure_http").asBoolean()).isFalse();
    assertThat(toml.at("/http_server/sockets/0").asString()).isEqualTo("0.0.0.0:8080");
    assertThat(toml.at("/admin/authorization_mode").asString()).isEqualTo("DenyAll");
    assertThat(toml.at("/attestation_token/trusted_certs_paths/0").asString())
        .isEqualTo("/etc/attestation-cert/token.crt");
    assertThat(toml.at("/attestation_service/attestation_token_broker/signer/key_path").asString())
        .isEqualTo("/etc/attestation-key/token.key");
    assertThat(toml.at("/plugins/0/storage_backend_type").asString()).isEqualTo("kvstorage");
  }

  @Test
  void definitionsAreReadable() {
    KubernetesSerialization json = new KubernetesSerialization();
    List<String> names =
        TrusteeObjects.definitions().stream()
            .map(
                yaml ->
                    json.unmarshal(yaml, CustomResourceDefinition.class).getMetadata().getName())
            .toList();
    assertThat(names)
        .containsExactly(
            "kbsconfigs.confidentialcontainers.org",
            "trusteeconfigs.confidentialcontainers.org",
            "routes.route.openshift.io");
  }

  private String text(String secret, String key) {
    Secret s = (Secret) derived.get("Secret/" + secret);
    return new String(Base64.getDecoder().decode(s.getData().get(key)), StandardCharsets.UTF_8);
  }

  private static byte[] der(String pem) {
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }
}
