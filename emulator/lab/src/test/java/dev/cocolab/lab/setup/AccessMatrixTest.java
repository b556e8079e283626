package dev.cocolab.lab.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.ApiServer;
import dev.cocolab.apiserver.ApiServerOptions;
import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.authority.LabAuthority;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what in a lab: the workshop's users, and the parts of the cluster. */
class AccessMatrixTest {
  private static final String TOKEN = "the administrator's token of this test";
  private static final List<String> EVERY =
      List.of("get", "list", "watch", "create", "update", "patch", "delete");

  /**
   * Who | verbs that are allowed, of all ({@code *}), or none ({@code -}) | resource[.group][/sub]
   * | name or - | namespaces, or {@code cluster}. What is not among the verbs must be refused.
   */
  private static final String MATRIX =
      """
      opsec  | * | secrets, configmaps, pods, pods/exec, pods/log, services, rolebindings.rbac.authorization.k8s.io | - | trustee-operator-system
      opsec  | * | deployments.apps, kbsconfigs.confidentialcontainers.org, subscriptions.operators.coreos.com | - | trustee-operator-system
      opsec  | get | configmaps | peer-pods-cm | openshift-sandboxed-containers-operator
      opsec  | - | configmaps | other | openshift-sandboxed-containers-operator
      opsec  | - | secrets, pods, pods/exec | - | openshift-sandboxed-containers-operator, default, fraud-detection, kube-system
      opsec  | get | secrets | pull-secret | openshift-config
      opsec  | - | secrets | other | openshift-config
      opsec  | get | ingresses.config.openshift.io | cluster | cluster
      opsec  | create | projectrequests.project.openshift.io | - | cluster
      opsec  | get list watch create | namespaces | - | cluster
      opsec  | - | nodes, secrets, clusterroles.rbac.authorization.k8s.io, clusterrolebindings.rbac.authorization.k8s.io, kataconfigs.kataconfiguration.openshift.io, runtimeclasses.node.k8s.io | - | cluster
      uadmin | - | secrets, configmaps, pods, pods/exec, pods/log, services, deployments.apps, kbsconfigs.confidentialcontainers.org | - | trustee-operator-system
      uadmin | - | secrets | fraud-dataset | trustee-operator-system
      uadmin | * | secrets, configmaps, pods, pods/exec, daemonsets.apps, subscriptions.operators.coreos.com | - | openshift-sandboxed-containers-operator
      uadmin | get list watch | pods, pods/log, services, deployments.apps, events | - | default, fraud-detection
      uadmin | get list watch update patch | secrets, configmaps | - | default, fraud-detection
      uadmin | get create | pods/exec, pods/attach, pods/portforward | - | default, fraud-detection
      uadmin | - | rolebindings.rbac.authorization.k8s.io, serviceaccounts/token | - | default, fraud-detection
      uadmin | * | kataconfigs.kataconfiguration.openshift.io, machineconfigpools.machineconfiguration.openshift.io, runtimeclasses.node.k8s.io | - | cluster
      uadmin | get list watch update patch | nodes | - | cluster
      uadmin | - | secrets, pods, clusterroles.rbac.authorization.k8s.io, clusterrolebindings.rbac.authorization.k8s.io | - | cluster
      uadmin | get | configmaps | cloud-conf | openshift-cloud-controller-manager
      uadmin | get | secrets | azure-credentials | kube-system
      uadmin | - | secrets | other | kube-system, openshift-config
      devel  | * | pods, pods/exec, pods/log, secrets, configmaps, services, deployments.apps, deployments.apps/scale, routes.route.openshift.io, notebooks.kubeflow.org | - | default, fraud-detection
      devel  | - | pods, pods/exec, pods/log, secrets, configmaps, deployments.apps, kbsconfigs.confidentialcontainers.org | - | trustee-operator-system, openshift-sandboxed-containers-operator, kube-system, openshift-config
      devel  | get list | runtimeclasses.node.k8s.io | - | cluster
      devel  | - | nodes, namespaces, secrets, pods, clusterroles.rbac.authorization.k8s.io, kataconfigs.kataconfiguration.openshift.io, customresourcedefinitions.apiextensions.k8s.io | - | cluster
      system:node:worker-0 | get list watch delete | pods | - | default, trustee-operator-system
      system:node:worker-0 | patch | pods/status | - | default
      system:node:worker-0 | create | pods/binding, serviceaccounts/token | - | default
      system:node:worker-0 | get | secrets, configmaps | - | default, trustee-operator-system
      system:node:worker-0 | create patch | events | - | default
      system:node:worker-0 | get create patch | nodes | worker-0 | cluster
      system:node:worker-0 | get patch | nodes/status | worker-0 | cluster
      system:node:worker-0 | create | nodes | worker-1 | cluster
      system:node:worker-0 | - | nodes/status | worker-1 | cluster
      system:node:worker-0 | get create patch | leases.coordination.k8s.io | worker-0 | kube-node-lease
      system:node:worker-0 | - | leases.coordination.k8s.io | worker-0 | default
      system:node:worker-0 | - | pods/exec, deployments.apps, roles.rbac.authorization.k8s.io, kbsconfigs.confidentialcontainers.org | - | default, trustee-operator-system
      system:node:worker-0 | - | clusterroles.rbac.authorization.k8s.io, clusterrolebindings.rbac.authorization.k8s.io, namespaces, customresourcedefinitions.apiextensions.k8s.io, runtimeclasses.node.k8s.io | - | cluster
      system:kube-controller-manager | get list watch create update delete | pods, serviceaccounts, endpoints, events, replicasets.apps | - | default
      system:kube-controller-manager | get list watch update delete | secrets, configmaps, deployments.apps, kbsconfigs.confidentialcontainers.org, roles.rbac.authorization.k8s.io | - | default, trustee-operator-system
      system:kube-controller-manager | get list watch update delete | pods/exec, serviceaccounts/token | - | default
      system:kube-controller-manager | get list watch update delete | clusterroles.rbac.authorization.k8s.io, clusterrolebindings.rbac.authorization.k8s.io, namespaces, nodes | - | cluster
      system:serviceaccount:trustee-operator-system:trustee-operator-controller-manager | get list watch update | kbsconfigs.confidentialcontainers.org | - | trustee-operator-system
      system:serviceaccount:trustee-operator-system:trustee-operator-controller-manager | get list watch | secrets, configmaps, trusteeconfigs.confidentialcontainers.org | - | trustee-operator-system
      system:serviceaccount:trustee-operator-system:trustee-operator-controller-manager | get list watch create update delete | services, deployments.apps | - | trustee-operator-system
      system:serviceaccount:trustee-operator-system:trustee-operator-controller-manager | - | pods, pods/exec, roles.rbac.authorization.k8s.io, serviceaccounts/token | - | trustee-operator-system
      system:serviceaccount:trustee-operator-system:trustee-operator-controller-manager | - | secrets, configmaps, deployments.apps, services, pods | - | default, openshift-sandboxed-containers-operator, kube-system
      system:serviceaccount:trustee-operator-system:trustee-operator-controller-manager | - | clusterroles.rbac.authorization.k8s.io, nodes, namespaces | - | cluster
      """;

  @TempDir static Path directory;

  private static Vertx vertx;
  private static LabAuthority authority;
  private static ApiServer server;
  private static KubernetesClient admin;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    authority =
        LabAuthority.open(
            directory.resolve("authority"),
            StagingArea.open(directory.resolve("staging")),
            new SecureRandom(),
            Clock.systemUTC());
    Identity serving = authority.server("api", List.of("localhost"), List.of("127.0.0.1"));
    server =
        ApiServer.start(
            ApiServerOptions.builder(
                    vertx, new PemIdentity(serving.certificatePem(), serving.keyPem()))
                .clientCa(authority.certificatePem())
                .token(TOKEN, User.of("admin", User.MASTERS))
                .build());
    admin =
        new KubernetesClientBuilder().withConfig(trusting().withOauthToken(TOKEN).build()).build();
    AccessSetup access = new AccessSetup(admin);
    access.system();
    access.cluster();
  }

  @AfterAll
  static void stop() throws Exception {
    admin.close();
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static ConfigBuilder trusting() {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(server.url().toString())
        .withCaCertData(base64(authority.certificatePem()));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private record Row(String who, String verbs, String resource, String name, String namespace) {
    @Override
    public String toString() {
      return "%s: %s %s %s in %s".formatted(who, verbs, resource, name, namespace);
    }
  }

  static Stream<Row> matrix() {
    List<Row> rows = new ArrayList<>();
    for (String line : MATRIX.strip().split("\n", -1)) {
      String[] cells = line.split("\\|", -1);
      for (String resource : cells[2].split(",", -1)) {
        for (String namespace : cells[4].split(",", -1)) {
          rows.add(
              new Row(
                  cells[0].strip(),
                  cells[1].strip(),
                  resource.strip(),
                  cells[3].strip(),
                  namespace.strip()));
        }
      }
    }
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void everybodyMayDoWhatTheMatrixSaysAndNothingElse(Row row) {
    List<String> wanted =
        switch (row.verbs()) {
          case "*" -> EVERY;
          case "-" -> List.of();
          default -> List.of(row.verbs().split(" ", -1));
        };

    assertThat(EVERY.stream().filter(verb -> allowed(row, verb)))
        .containsExactlyInAnyOrderElementsOf(wanted);
  }

  private static boolean allowed(Row row, String verb) {
    String[] path = row.resource().split("/", -1);
    String[] resource = path[0].split("\\.", 2);
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(row.who())
            .withGroups(User.AUTHENTICATED, "system:nodes", "system:serviceaccounts")
            .withNewResourceAttributes()
            .withVerb(verb)
            .withResource(resource[0])
            .withGroup(resource.length > 1 ? resource[1] : "")
            .withSubresource(path.length > 1 ? path[1] : "")
            .withNamespace(row.namespace().equals("cluster") ? "" : row.namespace())
            .withName(row.name().equals("-") ? "" : row.name())
            .endResourceAttributes()
            .endSpec()
            .build();
    return admin.authorization().v1().subjectAccessReview().create(review).getStatus().getAllowed();
  }

  private static KubernetesClient as(String user, String group) {
    Identity identity = authority.client(user, group);
    return new KubernetesClientBuilder()
        .withConfig(
            trusting()
                .withClientCertData(base64(identity.certificatePem()))
                .withClientKeyData(base64(identity.keyPem()))
                .withClientKeyAlgo("EC")
                .build())
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"uadmin", "devel"})
  void trusteesSecretsAreForbiddenToEverybodyElse(String user) {
    try (KubernetesClient client = as(user, "cocolab:" + user)) {
      assertThatThrownBy(() -> client.secrets().inNamespace(Names.TRUSTEE_NAMESPACE).list())
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403))
          .hasMessageContaining(
              "secrets is forbidden: User \"%s\" cannot list resource \"secrets\" in API group \"\""
                      .formatted(user)
                  + " in the namespace \"trustee-operator-system\"");
    }
  }

  @Test
  void theDeveloperCannotPatchTheKbsConfig() {
    try (KubernetesClient client = as("devel", "cocolab:devel")) {
      assertThatThrownBy(
              () ->
                  client
                      .genericKubernetesResources(
                          new ResourceDefinitionContext.Builder()
                              .withGroup("confidentialcontainers.org")
                              .withVersion("v1alpha1")
                              .withKind("KbsConfig")
                              .withPlural("kbsconfigs")
                              .withNamespaced(true)
                              .build())
                      .inNamespace(Names.TRUSTEE_NAMESPACE)
                      .withName("trusteeconfig-kbs-config")
                      .patch("{\"spec\":{\"kbsSecretResources\":[]}}"))
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403))
          .hasMessageContaining("User \"devel\" cannot")
          .hasMessageContaining("resource \"kbsconfigs\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        AccessSetup.NODE,
        AccessSetup.CONTROLLERS,
        AccessSetup.TRUSTEE_OPERATOR,
        "uadmin",
        "opsec"
      })
  void nobodyButTheAdministratorMakesClusterRoles(String user) {
    try (KubernetesClient client = as(user, "any-group")) {
      assertThatThrownBy(
              () ->
                  client
                      .rbac()
                      .clusterRoles()
                      .resource(
                          new ClusterRoleBuilder()
                              .withNewMetadata()
                              .withName("all")
                              .endMetadata()
                              .withRules(
                                  new PolicyRuleBuilder()
                                      .withVerbs("*")
                                      .withApiGroups("*")
                                      .withResources("*")
                                      .build())
                              .build())
                      .create())
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403))
          .hasMessageContaining(
              "User \"%s\" cannot create resource \"clusterroles\" in API group".formatted(user));
    }
    assertThat(admin.rbac().clusterRoles().withName("all").get()).isNull();
  }

  @Test
  void theControllersCannotWidenARoleThatTheyMayUpdate() {
    try (KubernetesClient client = as(AccessSetup.CONTROLLERS, AccessSetup.PARTS)) {
      assertThatThrownBy(
              () ->
                  client
                      .rbac()
                      .clusterRoles()
                      .resource(
                          new ClusterRoleBuilder(
                                  admin.rbac().clusterRoles().withName("cocolab:devel").get())
                              .addToRules(
                                  new PolicyRuleBuilder()
                                      .withVerbs("impersonate")
                                      .withApiGroups("")
                                      .withResources("users")
                                      .build())
                              .build())
                      .update())
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403))
          .hasMessageContaining("is attempting to grant RBAC permissions not currently held")
          .hasMessageContaining("Verbs:[\"impersonate\"]");
    }
  }
}
