package dev.cocolab.lab.setup;

import dev.cocolab.fixtures.ImagePolicies;
import dev.cocolab.fixtures.InitdataTemplate;
import dev.cocolab.fixtures.Manifests;
import dev.cocolab.fixtures.ReferenceValues;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.authority.SigningKeys;
import dev.cocolab.operators.TrusteeSetup;
import dev.cocolab.operators.TrusteeSetup.TlsPair;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.tee.BootImage;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Sets up directly what the guide's phases "trusted cluster" and "untrusted cluster" leave behind
 * (configure-trustee, configure-osc): Trustee's objects, image policy, reference values, the
 * cluster's initdata, runtime classes, {@code peer-pods-cm}, and who may do what.
 */
public final class ClusterSetup {
  private static final String IMAGE_POLICY = "trustee-image-policy";
  private static final String REFERENCE_VALUES = "trusteeconfig-rvps-reference-values";
  private static final int INITDATA_PCR = 8;

  private static final ResourceDefinitionContext KBS_CONFIGS =
      new ResourceDefinitionContext.Builder()
          .withGroup("confidentialcontainers.org")
          .withVersion("v1alpha1")
          .withKind("KbsConfig")
          .withPlural("kbsconfigs")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;
  private final SecureRandom random;
  private final BootImage bootImage;
  private final Map<String, String> marks;

  public ClusterSetup(KubernetesClient client, SecureRandom random, BootImage bootImage) {
    this(client, random, bootImage, Map.of());
  }

  /** As the other one; what it creates outside of namespaces gets these labels. */
  public ClusterSetup(
      KubernetesClient client,
      SecureRandom random,
      BootImage bootImage,
      Map<String, String> marks) {
    this.marks = Map.copyOf(marks);
    this.client = Objects.requireNonNull(client, "client");
    this.random = Objects.requireNonNull(random, "random");
    this.bootImage = Objects.requireNonNull(bootImage, "bootImage");
  }

  /**
   * Creates everything that is not there. After a set-up that was cut off it must be called with
   * what {@link #trusteeIdentity} and {@link #tokenIdentity} find.
   *
   * @param https identity of Trustee's server; guests are told to trust its certificate
   * @param token identity that signs attestation tokens
   * @param keys whose public halves Trustee serves, for the image policy
   * @return the initdata that pods without an annotation boot with
   */
  public Initdata apply(Identity https, Identity token, SigningKeys keys) {
    new AccessSetup(client, marks).cluster();
    runtimeClass("kata");
    runtimeClass("kata-remote");
    TrusteeSetup trustee = new TrusteeSetup(client, random, marks);
    trustee.installDefinitions();
    trustee.apply(
        TrusteeSetup.Request.workshop(pair(https), pair(token), Optional.of(Names.ROUTE_HOST)));
    Initdata initdata =
        Initdata.parse(
            InitdataTemplate.render("https://" + Names.ROUTE_HOST, https.certificatePem()));
    imagePolicy(keys);
    referenceValues(initdata);
    peerPods(initdata);
    create(operatorDeployment());
    return initdata;
  }

  /** The identity of Trustee's server that is in the cluster. */
  public Optional<Identity> trusteeIdentity() {
    return identity("trustee-tls-cert");
  }

  /** The identity that signs attestation tokens and is in the cluster. */
  public Optional<Identity> tokenIdentity() {
    return identity("trustee-token-cert");
  }

  private Optional<Identity> identity(String name) {
    Secret secret = client.secrets().inNamespace(Names.TRUSTEE_NAMESPACE).withName(name).get();
    if (secret == null || secret.getData() == null) {
      return Optional.empty();
    }
    String certificate = secret.getData().get("tls.crt");
    String key = secret.getData().get("tls.key");
    return certificate == null || key == null
        ? Optional.empty()
        : Optional.of(new Identity(text(certificate), text(key)));
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static TlsPair pair(Identity identity) {
    return new TlsPair(identity.certificatePem(), identity.keyPem());
  }

  private void runtimeClass(String name) {
    create(
        new RuntimeClassBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withHandler(name)
            .build());
  }

  /** Three Secrets, their names in KbsConfig, as the guide does it in F03d and F03g. */
  private void imagePolicy(SigningKeys keys) {
    secret("conf-devhub-signature", "pub-key", keys.workshopPublicPem());
    secret("redhat-signature", "pub-key", keys.vendorPublicPem());
    secret(IMAGE_POLICY, "policy", ImagePolicies.signed());
    var kbsConfig =
        client
            .genericKubernetesResources(KBS_CONFIGS)
            .inNamespace(Names.TRUSTEE_NAMESPACE)
            .withName("trusteeconfig-kbs-config");
    List<String> served = kbsConfig.require().get("spec", "kbsSecretResources");
    if (!served.contains(IMAGE_POLICY)) {
      kbsConfig.patch(
          PatchContext.of(PatchType.JSON), Manifests.text("kbsconfig-image-policy.patch.json"));
    }
  }

  private void secret(String name, String key, String text) {
    create(
        new SecretBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(Names.TRUSTEE_NAMESPACE)
            .endMetadata()
            .withStringData(Map.of(key, text))
            .build());
  }

  private void referenceValues(Initdata initdata) {
    Map<Integer, byte[]> pcrs = new LinkedHashMap<>(bootImage.pcrs());
    pcrs.put(INITDATA_PCR, initdata.pcr8());
    client
        .configMaps()
        .inNamespace(Names.TRUSTEE_NAMESPACE)
        .withName(REFERENCE_VALUES)
        .edit(
            map ->
                new ConfigMapBuilder(map)
                    .addToData("reference_value", ReferenceValues.ofBoot("snp", pcrs).json())
                    .build());
  }

  private void peerPods(Initdata initdata) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("CLOUD_PROVIDER", "azure");
    data.put("VXLAN_PORT", "9000");
    data.put("AZURE_INSTANCE_SIZES", "Standard_DC2as_v5,Standard_DC4as_v5,Standard_DC8as_v5");
    data.put("AZURE_INSTANCE_SIZE", "Standard_DC2as_v5");
    data.put("AZURE_RESOURCE_GROUP", "cocolab");
    data.put("AZURE_REGION", "eastus");
    data.put("AZURE_IMAGE_ID", bootImage.name());
    data.put("PROXY_TIMEOUT", "5m");
    data.put("INITDATA", initdata.encodeAnnotation());
    data.put("PEERPODS_LIMIT_PER_NODE", "10");
    data.put("ROOT_VOLUME_SIZE", "20");
    create(
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("peer-pods-cm")
            .withNamespace(Names.OSC_NAMESPACE)
            .endMetadata()
            .withData(data)
            .build());
  }

  private static Deployment operatorDeployment() {
    Map<String, String> labels = Map.of("control-plane", "controller-manager");
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("trustee-operator-controller-manager")
        .withNamespace(Names.TRUSTEE_NAMESPACE)
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withReplicas(1)
        .withNewSelector()
        .withMatchLabels(labels)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("manager")
        .withImage(Names.OPERATOR_IMAGE)
        .withCommand("/manager")
        .withArgs("--leader-elect")
        .withEnv(
            env("POD_NAMESPACE", Names.TRUSTEE_NAMESPACE),
            env("KBS_IMAGE_NAME", Names.KBS_IMAGE),
            env("OPERATOR_IMAGE_NAME", Names.OPERATOR_IMAGE))
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static EnvVar env(String name, String value) {
    return new EnvVar(name, value, null);
  }

  private void create(HasMetadata object) {
    Absent.create(client, object, marks);
  }
}
