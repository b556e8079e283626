package dev.cocolab.node.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodAdmissionTest {
  private final KubernetesSerialization serialization = new KubernetesSerialization();
  private final PodAdmission admission = new PodAdmission(serialization);

  @Test
  void acceptsThePodOfTheWorkshopWithTheDefaultsOfAServer() {
    assertThat(
            refusal(
                """
                restartPolicy: Always
                dnsPolicy: ClusterFirst
                schedulerName: default-scheduler
                serviceAccountName: default
                serviceAccount: default
                enableServiceLinks: true
                runtimeClassName: kata-remote
                terminationGracePeriodSeconds: 30
                priority: 0
                preemptionPolicy: PreemptLowerPriority
                securityContext: {}
                tolerations:
                - {effect: NoExecute, key: node.kubernetes.io/not-ready, operator: Exists, tolerationSeconds: 300}
                volumes:
                - {name: keys, emptyDir: {}}
                - name: kube-api-access-x
                  projected:
                    defaultMode: 420
                    sources:
                    - serviceAccountToken: {expirationSeconds: 3607, path: token}
                    - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
                    - downwardAPI: {items: [{path: namespace, fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}]}
                containers:
                - name: app
                  image: i
                  imagePullPolicy: Always
                  terminationMessagePath: /dev/termination-log
                  terminationMessagePolicy: File
                  resources: {limits: {cpu: "1"}}
                  securityContext:
                    privileged: false
                    allowPrivilegeEscalation: false
                    runAsNonRoot: true
                    runAsUser: 1001
                    capabilities: {drop: [ALL]}
                    seccompProfile: {type: RuntimeDefault}
                  volumeMounts: [{name: keys, mountPath: /app/keys}]
                  readinessProbe: {httpGet: {path: /healthz, port: 8080, scheme: HTTPS}, periodSeconds: 5}
                """))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hostNetwork: true | spec.hostNetwork is not supported",
        "shareProcessNamespace: true | spec.shareProcessNamespace is not supported",
        "volumes: [{name: v, nfs: {server: s, path: /}}] | volume type nfs (spec.volumes[0].nfs) is not"
            + " supported",
        "volumes: [{name: v, persistentVolumeClaim: {claimName: c}}] | volume type"
            + " persistentVolumeClaim",
        "volumes: [{name: v, emptyDir: {medium: HugePages}}] | \"HugePages\" is not supported",
        "runtimeClassName: gvisor | spec.runtimeClassName \"gvisor\" is not supported",
        "dnsPolicy: None | spec.dnsPolicy \"None\" is not supported",
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1}]}} |"
            + " spec.affinity is not supported",
        "activeDeadlineSeconds: 5 | spec.activeDeadlineSeconds is not supported"
      })
  void namesUnsupportedFieldsOfThePod(String field, String text) {
    assertThat(refusal(field + "\ncontainers: [{name: app, image: i}]\n"))
        .hasValueSatisfying(message -> assertThat(message).contains(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "securityContext: {privileged: true} | spec.containers[0].securityContext.privileged",
        "securityContext: {capabilities: {add: [SYS_ADMIN]}} | capability SYS_ADMIN of container app",
        "lifecycle: {preStop: {sleep: {seconds: 1}}} | spec.containers[0].lifecycle",
        "volumeMounts: [{name: none, mountPath: /x}] | mounts the unknown volume none",
        "env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}] |"
            + " spec.containers[0].env[0].valueFrom.resourceFieldRef",
        "livenessProbe: {grpc: {port: 1}} | spec.containers[0].livenessProbe.grpc",
        "resources: {limits: {nvidia.com/gpu: 1}} | resource nvidia.com/gpu of container app",
        "tty: true | spec.containers[0].tty is not supported",
        "ports: [{containerPort: 1, hostPort: 1}] | spec.containers[0].ports[0].hostPort"
      })
  void namesUnsupportedFieldsOfAContainer(String field, String text) {
    assertThat(refusal("containers:\n- name: app\n  image: i\n  " + field + "\n"))
        .hasValueSatisfying(message -> assertThat(message).contains(text));
  }

  private Optional<String> refusal(String spec) {
    String yaml = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n" + spec.indent(2);
    return admission
        .refusal(serialization.unmarshal(yaml, Pod.class))
        .map(verdict -> verdict.message());
  }
}
