package dev.cocolab.steps.persona;

import dev.cocolab.fixtures.DatasetCipher;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.targets.Timeouts;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The operational security administrator: owns Trustee, the keys and the reference values. */
public final class OpSec {
  private static final String DEPLOYMENT = "trustee-deployment";
  private static final String KBS_CONFIG = "trusteeconfig-kbs-config";
  private static final String REFERENCE_VALUES = "trusteeconfig-rvps-reference-values";
  private static final String REFERENCE_VALUE_KEY = "reference_value";

  private static final String RESOURCE_POLICY = "trusteeconfig-resource-policy";
  private static final String RESOURCE_POLICY_KEY = "resource-policy.rego";

  /** Where the guide keeps the measurements of initdata. */
  private static final String INITDATA_VALUE = "snp_pcr08";

  /** A register that nothing was measured into. */
  private static final String NOTHING_MEASURED = "0".repeat(64);

  private static final ResourceDefinitionContext KBS_CONFIGS =
      new ResourceDefinitionContext.Builder()
          .withGroup("confidentialcontainers.org")
          .withVersion("v1alpha1")
          .withKind("KbsConfig")
          .withPlural("kbsconfigs")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;
  private final Timeouts timeouts;
  private final Patience patience;

  public OpSec(KubernetesClient client, Timeouts timeouts) {
    this.client = Objects.requireNonNull(client, "client");
    this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
    this.patience = new Patience(timeouts.poll());
  }

  /** 32 random bytes without NUL and newline, which openssl would cut the key at. */
  public byte[] newDatasetKey() {
    return DatasetCipher.generateKey(new SecureRandom());
  }

  /** Creates the Secret, adds its name to {@code kbsSecretResources} and restarts Trustee. */
  public void putIntoTrustee(String secret, String key, byte[] value) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(secret)
                .withNamespace(Namespaces.TRUSTEE)
                .endMetadata()
                .withData(Map.of(key, Base64.getEncoder().encodeToString(value)))
                .build())
        .create();
    kbsConfig()
        .patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\":\"add\",\"path\":\"/spec/kbsSecretResources/-\",\"value\":\"%s\"}]"
                .formatted(secret));
    restartTrustee();
  }

  /** Gives a Secret that Trustee serves another value and restarts Trustee. */
  public void exchangeInTrustee(String secret, String key, byte[] value) {
    client
        .secrets()
        .inNamespace(Namespaces.TRUSTEE)
        .withName(secret)
        .edit(
            known ->
                new SecretBuilder(known)
                    .addToData(key, Base64.getEncoder().encodeToString(value))
                    .build());
    restartTrustee();
  }

  /** Takes a Secret's name off {@code kbsSecretResources} and restarts Trustee. */
  public void takeOffTrusteesList(String secret) {
    List<String> remaining = new ArrayList<>(secretResources());
    remaining.remove(secret);
    serve(remaining);
    restartTrustee();
  }

  /** Writes {@code kbsSecretResources}; Trustee serves them from its next start on. */
  public void serve(List<String> secrets) {
    String names =
        secrets.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(","));
    kbsConfig()
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"kbsSecretResources\":[%s]}}".formatted(names));
  }

  /** Names of the Secrets that Trustee is told to serve. */
  public List<String> secretResources() {
    List<String> names = kbsConfig().require().get("spec", "kbsSecretResources");
    return names == null ? List.of() : names;
  }

  /** {@code rollout restart}, then waits until the new Trustee pod is the only one and is ready. */
  public void restartTrustee() {
    client
        .apps()
        .deployments()
        .inNamespace(Namespaces.TRUSTEE)
        .withName(DEPLOYMENT)
        .rolling()
        .restart();
    patience.until(
        "the rollout of " + DEPLOYMENT,
        timeouts.rollout(),
        () -> Optional.of(deployment()).filter(OpSec::rolledOut).filter(this::servesTheList),
        () -> deployment().getStatus().toString());
    patience.until(
        "one ready Trustee pod",
        timeouts.rollout(),
        () -> Optional.of(trusteePods()).filter(pods -> pods.size() == 1),
        () -> trusteePods().size() + " pods with label app=kbs");
  }

  /** The log of the newest Trustee pod. */
  public KbsLog trusteeLog() {
    Pod newest =
        trusteePods().stream()
            .max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
            .orElseThrow(() -> new AssertionError("no pod with label app=kbs"));
    return new KbsLog(
        client
            .pods()
            .inNamespace(Namespaces.TRUSTEE)
            .withName(newest.getMetadata().getName())
            .inContainer("kbs")
            .getLog());
  }

  /**
   * PCR 8 values that are registered, lower-case hex, over every member whose name ends in {@code
   * _pcr08}.
   */
  public List<String> registeredInitdataMeasurements() {
    ConfigMap map =
        client.configMaps().inNamespace(Namespaces.TRUSTEE).withName(REFERENCE_VALUES).require();
    var values = JsonMapper.shared().readTree(map.getData().get(REFERENCE_VALUE_KEY));
    List<String> found = new ArrayList<>();
    values
        .properties()
        .forEach(
            member -> {
              if (member.getKey().endsWith("_pcr08")) {
                byte[] document = Base64.getMimeDecoder().decode(member.getValue().asString());
                JsonMapper.shared()
                    .readTree(document)
                    .path("value")
                    .forEach(value -> found.add(value.asString()));
              }
            });
    return found;
  }

  /**
   * Writes reference values and restarts Trustee.
   *
   * @param values by name; without a value the name is taken out, so that there is no such
   *     reference value; the empty text is a value, which no measurement equals
   */
  public void registerReferenceValues(Map<String, Optional<String>> values) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    values.forEach((name, value) -> lists.put(name, value.map(List::of).orElse(List.of())));
    writeReferenceValues(lists);
  }

  /** Without a value a name is taken out. */
  private void writeReferenceValues(Map<String, List<String>> values) {
    client
        .configMaps()
        .inNamespace(Namespaces.TRUSTEE)
        .withName(REFERENCE_VALUES)
        .edit(
            map ->
                new ConfigMapBuilder(map)
                    .addToData(
                        REFERENCE_VALUE_KEY,
                        withValues(map.getData().get(REFERENCE_VALUE_KEY), values))
                    .build());
    restartTrustee();
  }

  private static String withValues(String document, Map<String, List<String>> values) {
    ObjectNode all = (ObjectNode) JsonMapper.shared().readTree(document);
    values.forEach(
        (name, texts) -> {
          all.remove(name);
          if (!texts.isEmpty()) {
            ObjectNode entry = JsonMapper.shared().createObjectNode();
            entry.put("name", name).put("expiration", "2099-12-31T00:00:00Z");
            texts.forEach(entry.putArray("value")::add);
            all.put(
                name,
                Base64.getEncoder()
                    .encodeToString(entry.toString().getBytes(StandardCharsets.UTF_8)));
          }
        });
    return all.toPrettyString();
  }

  /**
   * The same document with the place of the registry's credentials, in the first line of {@code
   * [image]}.
   *
   * @param resource path in Trustee such as {@code default/a/b}
   */
  public Initdata withCredentials(Initdata original, String resource) {
    String text = new String(original.bytes(), StandardCharsets.UTF_8);
    String changed =
        text.replaceFirst(
            "(?m)^\\[image\\]$",
            "$0\nauthenticated_registry_credentials_uri = \"kbs:///" + resource + "\"");
    if (changed.equals(text)) {
      throw new AssertionError("the initdata has no section [image]: " + text);
    }
    return Initdata.parse(changed.getBytes(StandardCharsets.UTF_8));
  }

  /** Accepts guests that boot with this initdata beside those accepted before. */
  public void registerInitdata(Initdata initdata) {
    registerInitdata(List.of(initdata));
  }

  /** Accepts guests that boot with one of these beside those accepted before. */
  public void registerInitdata(List<Initdata> documents) {
    List<String> accepted = new ArrayList<>(registeredInitdataMeasurements());
    documents.forEach(initdata -> accepted.add(measurement(initdata)));
    writeReferenceValues(Map.of(INITDATA_VALUE, accepted));
  }

  /** Replaces the resource policy and restarts Trustee. */
  public void setResourcePolicy(String rego) {
    client
        .configMaps()
        .inNamespace(Namespaces.TRUSTEE)
        .withName(RESOURCE_POLICY)
        .edit(map -> new ConfigMapBuilder(map).addToData(RESOURCE_POLICY_KEY, rego).build());
    restartTrustee();
  }

  /** Accepts guests that boot without initdata beside those accepted before. */
  public void registerNoInitdata() {
    List<String> accepted = new ArrayList<>(registeredInitdataMeasurements());
    accepted.add(NOTHING_MEASURED);
    writeReferenceValues(Map.of(INITDATA_VALUE, accepted));
  }

  /** What this initdata will measure to. */
  public static String measurement(Initdata initdata) {
    return HexFormat.of().formatHex(initdata.pcr8());
  }

  private Resource<GenericKubernetesResource> kbsConfig() {
    NonNamespaceOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>> all =
        client.genericKubernetesResources(KBS_CONFIGS).inNamespace(Namespaces.TRUSTEE);
    return all.withName(KBS_CONFIG);
  }

  private Deployment deployment() {
    return client
        .apps()
        .deployments()
        .inNamespace(Namespaces.TRUSTEE)
        .withName(DEPLOYMENT)
        .require();
  }

  private List<Pod> trusteePods() {
    return client.pods().inNamespace(Namespaces.TRUSTEE).withLabel("app", "kbs").list().getItems();
  }

  /** The conditions that {@code kubectl rollout status} checks. */
  private static boolean rolledOut(Deployment deployment) {
    var status = deployment.getStatus();
    long wanted = deployment.getSpec().getReplicas();
    return status != null
        && number(status.getObservedGeneration()) >= deployment.getMetadata().getGeneration()
        && number(status.getUpdatedReplicas()) == wanted
        && number(status.getReplicas()) == wanted
        && number(status.getAvailableReplicas()) == wanted;
  }

  /** The operator has seen the present list: what it mounts for the converter is what is listed. */
  private boolean servesTheList(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec().getInitContainers().stream()
        .flatMap(container -> container.getVolumeMounts().stream())
        .filter(mount -> mount.getMountPath().startsWith("/tmp/kbs-secrets/"))
        .map(VolumeMount::getName)
        .collect(Collectors.toSet())
        .equals(Set.copyOf(secretResources()));
  }

  private static long number(Number value) {
    return value == null ? 0 : value.longValue();
  }
}
