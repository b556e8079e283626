package dev.cocolab.operators;

import dev.cocolab.operators.OperatorException.Reason;
import dev.cocolab.operators.trustee.TrusteeObjects;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Puts into a cluster what installing the Trustee operator and applying a TrusteeConfig of the
 * profile Restricted leave behind: the definitions, the TrusteeConfig with its two TLS Secrets, and
 * every object derived from it. What exists already is left as it is, as the operator does, so that
 * users' edits survive.
 */
public final class TrusteeSetup {

  private static final long DEFINITION_PATIENCE_SECONDS = 30;

  private final KubernetesClient client;
  private final SecureRandom random;
  private final Map<String, String> marks;

  /**
   * Names the cluster.
   *
   * @param client stays the caller's
   * @param random source of the administrator's key pair
   */
  public TrusteeSetup(KubernetesClient client, SecureRandom random) {
    this(client, random, Map.of());
  }

  /** As the other one; definitions that it creates get these labels, to be found again. */
  public TrusteeSetup(KubernetesClient client, SecureRandom random, Map<String, String> marks) {
    this.client = Objects.requireNonNull(client, "client");
    this.random = Objects.requireNonNull(random, "random");
    this.marks = Map.copyOf(marks);
  }

  /**
   * A key pair as PEM.
   *
   * @param certificatePem certificate, or chain with the leaf first
   * @param privateKeyPem unencrypted PKCS#8
   */
  public record TlsPair(String certificatePem, String privateKeyPem) {
    public TlsPair {
      Objects.requireNonNull(certificatePem, "certificatePem");
      Objects.requireNonNull(privateKeyPem, "privateKeyPem");
    }

    @Override
    public String toString() {
      return "TlsPair[private key not shown]";
    }
  }

  /**
   * What to set up.
   *
   * @param name name of the TrusteeConfig, prefix of what is derived from it
   * @param httpsSecret name of the TLS Secret of the HTTPS server
   * @param https its content
   * @param tokenSecret name of the TLS Secret of the token signer
   * @param token its content, an EC P-256 key
   * @param routeHost host of the Route {@code kbs-route}; without it no Route is made
   */
  public record Request(
      String namespace,
      String name,
      String httpsSecret,
      TlsPair https,
      String tokenSecret,
      TlsPair token,
      Optional<String> routeHost) {

    /**
     * With the names of the workshop: namespace {@code trustee-operator-system}, TrusteeConfig
     * {@code trusteeconfig}.
     */
    public static Request workshop(TlsPair https, TlsPair token, Optional<String> routeHost) {
      return new Request(
          "trustee-operator-system",
          "trusteeconfig",
          "trustee-tls-cert",
          https,
          "trustee-token-cert",
          token,
          routeHost);
    }
  }

  /**
   * Installs the definitions of KbsConfig, TrusteeConfig and Route that are not there yet and waits
   * until they are established.
   *
   * @throws OperatorException START_TIMEOUT after 30 s
   */
  public void installDefinitions() {
    var definitions =
        TrusteeObjects.definitions().stream()
            .map(
                yaml ->
                    client
                        .getKubernetesSerialization()
                        .unmarshal(yaml, CustomResourceDefinition.class))
            .toList();
    definitions.forEach(
        definition -> {
          if (!marks.isEmpty()) {
            definition.getMetadata().setLabels(marks);
          }
          createIfAbsent(definition);
        });
    for (CustomResourceDefinition definition : definitions) {
      try {
        client
            .resource(definition)
            .waitUntilCondition(
                TrusteeSetup::isEstablished, DEFINITION_PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (KubernetesClientTimeoutException e) {
        throw new OperatorException(
            Reason.START_TIMEOUT,
            definition.getMetadata().getName()
                + " was not established within "
                + DEFINITION_PATIENCE_SECONDS
                + " s",
            e);
      }
    }
  }

  private static boolean isEstablished(CustomResourceDefinition definition) {
    return definition != null
        && definition.getStatus() != null
        && definition.getStatus().getConditions() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(c -> "Established".equals(c.getType()) && "True".equals(c.getStatus()));
  }

  /**
   * Creates the objects; the definitions must be installed.
   *
   * @throws OperatorException API if the API server refuses one of them
   */
  public void apply(Request request) {
    TrusteeObjects objects = new TrusteeObjects(request, random);
    createIfAbsent(
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(request.namespace())
            .endMetadata()
            .build());
    objects.sources().forEach(this::createIfAbsent);
    GenericKubernetesResource owner = createIfAbsent(objects.trusteeConfig());
    objects.derived(owner).forEach(this::createIfAbsent);
  }

  private <T extends HasMetadata> T createIfAbsent(T object) {
    try {
      return client.resource(object).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() == 409) {
        return client.resource(object).require();
      }
      throw new OperatorException(
          Reason.API,
          "the API server refuses "
              + object.getKind()
              + " "
              + object.getMetadata().getName()
              + ": "
              + e.getMessage(),
          e);
    }
  }
}
