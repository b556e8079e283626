package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.peers.ControlPlane;
import dev.cocolab.peers.KubeAssets;
import dev.cocolab.steps.targets.Targets;
import dev.cocolab.steps.targets.emulator.JoinedProvider;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every scenario on a real kube-apiserver, which has nothing left of it afterwards. */
@Timeout(1800)
class JoinedRealClusterIT {
  private static final Path HOME = Path.of("../target/test-home").toAbsolutePath().normalize();

  @TempDir private Path directory;

  @Test
  void allScenariosPassAndLeaveNothing() throws Exception {
    Optional<KubeAssets> assets = KubeAssets.find(System.getenv());
    assumeTrue(assets.isPresent(), KubeAssets.ABSENT);
    Files.createDirectories(HOME);
    try (ControlPlane plane = ControlPlane.startWithControllers(assets.orElseThrow(), directory);
        KubernetesClient admin = admin(plane.kubeconfig())) {
      Set<String> before = namespaces(admin);
      CommandRun.Ended ended =
          CommandRun.on(
                  JoinedProvider.open(
                      new Targets.Place(HOME, line -> {}, Optional.of(plane.kubeconfig()))),
                  HOME)
              .run("../features");

      assertThat(ended.red().values())
          .as("but for limits that are known not to be reached, or a busy machine cannot judge")
          .allSatisfy(
              red ->
                  assertThat(red.message())
                      .containsPattern(
                          "^skipped: not (reached yet, as LIMITATIONS|judged, because other programs)"));
      assertThat(ended.code()).as(ended.stderr()).isZero();
      assertThat(ended.stdout().get(0)).matches("[1-9]\\d+ passed, 0 failed, \\d+ skipped");
      assertThat(namespaces(admin)).isEqualTo(before);
      assertThat(admin.nodes().list().getItems()).isEmpty();
      assertThat(admin.pods().inAnyNamespace().list().getItems()).isEmpty();
      for (Class<? extends HasMetadata> kind : MARKED) {
        assertThat(
                admin
                    .resources(kind)
                    .inAnyNamespace()
                    .withLabel("cocolab.dev/lab")
                    .list()
                    .getItems())
            .as(kind.getSimpleName())
            .isEmpty();
      }
    }
  }

  private static final List<Class<? extends HasMetadata>> MARKED =
      List.of(
          Namespace.class,
          ClusterRole.class,
          ClusterRoleBinding.class,
          CertificateSigningRequest.class,
          RuntimeClass.class,
          CustomResourceDefinition.class);

  /** The key is of an elliptic curve, which the client has to be told. */
  private static KubernetesClient admin(Path kubeconfig) {
    Config config =
        new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
            .withClientKeyAlgo("EC")
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static Set<String> namespaces(KubernetesClient client) {
    return client.namespaces().list().getItems().stream()
        .map(namespace -> namespace.getMetadata().getName())
        .collect(Collectors.toSet());
  }
}
