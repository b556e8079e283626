package dev.cocolab.node.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodVolumesTest {
  private static final ClusterObjects OBJECTS = new Objects();

  @TempDir Path directory;

  @Test
  void laysOutSecretsAsTheKubeletDoes() throws IOException {
    Map<String, PodVolume> volumes =
        setUp(
            """
            volumes:
            - name: s
              secret: {secretName: known, defaultMode: 256, items: [{key: key, path: deep/name}]}
            """);

    PodVolume secret = volumes.get("s");
    assertThat(secret.readOnly()).isTrue();
    Path file = secret.path().resolve("deep/name");
    assertThat(file).hasContent("value");
    assertThat(Files.isSymbolicLink(secret.path().resolve("deep"))).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.toRealPath())))
        .isEqualTo("r--------");
    assertThat(Files.readSymbolicLink(secret.path().resolve("..data")))
        .isEqualTo(Path.of("..version-1"));
  }

  @Test
  void projectsSeveralSourcesIntoOneDirectory() {
    PodVolume volume =
        setUp(
                """
                serviceAccountName: builder
                volumes:
                - name: p
                  projected:
                    sources:
                    - secret: {name: known}
                    - configMap: {name: settings}
                    - configMap: {name: nothing, optional: true}
                    - downwardAPI: {items: [{path: ns, fieldRef: {fieldPath: metadata.namespace}}]}
                    - serviceAccountToken: {path: token, audience: kbs}
                """)
            .get("p");

    assertThat(volume.path().resolve("key")).hasContent("value");
    assertThat(volume.path().resolve("a.toml")).hasContent("x = 1");
    assertThat(volume.path().resolve("ns")).hasContent("ns");
    assertThat(volume.path().resolve("token")).hasContent("token for kbs");
  }

  @Test
  void makesScratchSpaceForEveryUser() throws IOException {
    Map<String, PodVolume> volumes =
        setUp(
            """
            volumes:
            - {name: disk, emptyDir: {}}
            - {name: ram, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
            """);

    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(volumes.get("disk").path())))
        .isEqualTo("rwxrwxrwx");
    assertThat(volumes.get("ram").memoryBytes()).isEqualTo(OptionalLong.of(1 << 20));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("v"))))
        .isEqualTo("rwx------");
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> setUp("volumes: [{name: v, secret: {secretName: gone}}]"))
        .isInstanceOf(VolumeException.class)
        .hasMessage("MountVolume.SetUp failed for volume \"v\" : secret \"gone\" not found");
    assertThatThrownBy(() -> setUp("volumes: [{name: v, configMap: {name: gone}}]"))
        .hasMessage("MountVolume.SetUp failed for volume \"v\" : configmap \"gone\" not found");
    assertThatThrownBy(
            () ->
                setUp(
                    "volumes: [{name: w, secret: {secretName: known, items: [{key: no, path: x}]}}]"))
        .hasMessage(
            "MountVolume.SetUp failed for volume \"w\" : references non-existent secret key: no");
  }

  @Test
  void refusesPathsThatLeaveTheVolume() {
    for (String path : new String[] {"../x", "/x", "a/../../x", "..data"}) {
      assertThatThrownBy(
              () -> new ProjectedFiles(null).add(path, "x".getBytes(StandardCharsets.UTF_8), null))
          .hasMessage("invalid path: " + path);
    }
  }

  @Test
  void resolvesTheEnvironment() {
    Pod pod =
        pod(
            """
            containers:
            - name: app
              envFrom: [{prefix: P_, configMapRef: {name: settings}}]
              env:
              - {name: A, value: a}
              - {name: B, value: "$(A)-$$(A)-$(MISSING)"}
              - {name: S, valueFrom: {secretKeyRef: {name: known, key: key}}}
              - {name: O, valueFrom: {secretKeyRef: {name: gone, key: key, optional: true}}}
              - {name: N, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
              - {name: L, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
              - {name: I, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
            """);

    assertThat(
            new Environment(OBJECTS, "127.1.1.1")
                .of(pod, pod.getSpec().getContainers().get(0), "127.1.1.9"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "P_a.toml",
                "x = 1",
                "A",
                "a",
                "B",
                "a-$(A)-$(MISSING)",
                "S",
                "value",
                "N",
                "p",
                "L",
                "web",
                "I",
                "127.1.1.9"));
  }

  @Test
  void namesAMissingVariable() {
    Pod pod =
        pod(
            """
            containers:
            - name: app
              env: [{name: S, valueFrom: {secretKeyRef: {name: known, key: other}}}]
            """);

    assertThatThrownBy(
            () -> new Environment(OBJECTS, "h").of(pod, pod.getSpec().getContainers().get(0), "i"))
        .hasMessage("couldn't find key other in Secret ns/known");
  }

  @Property
  void leavesTextWithoutReferencesAlone(@ForAll String text) {
    String plain = text.replace("$", "");

    assertThat(Environment.expand(plain, Map.of("A", "b"))).isEqualTo(plain);
    assertThat(Environment.expand("$$" + plain, Map.of())).isEqualTo("$" + plain);
  }

  private Map<String, PodVolume> setUp(String spec) {
    return new PodVolumes(OBJECTS, "127.1.1.1")
        .setUp(pod(spec), directory.resolve("v"), "127.1.1.9", true, OptionalInt.empty());
  }

  private static Pod pod(String spec) {
    String head =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: ns, uid: u, labels: {app: web}}
        spec:
        """;
    return new KubernetesSerialization().unmarshal(head + spec.indent(2), Pod.class);
  }

  private static final class Objects implements ClusterObjects {
    @Override
    public Optional<Secret> secret(String namespace, String name) {
      String value = Base64.getEncoder().encodeToString("value".getBytes(StandardCharsets.UTF_8));
      return name.equals("known")
          ? Optional.of(new SecretBuilder().addToData("key", value).build())
          : Optional.empty();
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
      return name.equals("settings")
          ? Optional.of(new ConfigMapBuilder().addToData("a.toml", "x = 1").build())
          : Optional.empty();
    }

    @Override
    public String serviceAccountToken(Pod pod, String audience, long seconds) {
      return "token for " + audience;
    }
  }
}
