package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.TestKubectl.Result;
import dev.cocolab.apiserver.auth.User;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real kubectl says of rights: {@code auth}, {@code create token}, {@code --as}, denials. */
class KubectlAccessTest {
  @TempDir static Path home;

  private static TestKubectl kubectl;
  private static RunningServer running;

  @BeforeAll
  static void start() throws IOException {
    kubectl = TestKubectl.in(home);
    running = new RunningServer(options -> options.token("devel-token", User.of("devel", "devs")));
    kubectl.connect(running, Map.of("devel", "devel-token"));
    assertThat(
            kubectl
                .run("kubectl create rolebinding devel --clusterrole=edit --user=devel -n default")
                .err())
        .isEmpty();
  }

  @AfterAll
  static void stop() {
    if (running != null) {
      running.close();
    }
  }

  @Test
  void canIAnswersYesAndNoWithItsExitCode() throws IOException {
    assertThat(kubectl.run("kubectl --context devel auth can-i create pods"))
        .isEqualTo(new Result(0, "yes", ""));
    assertThat(kubectl.run("kubectl --context devel auth can-i get pods --subresource=log"))
        .isEqualTo(new Result(0, "yes", ""));
    Result no = kubectl.run("kubectl --context devel auth can-i get secrets -n kube-system");
    assertThat(no.exit()).isEqualTo(1);
    assertThat(no.out()).isEqualTo("no");
    assertThat(kubectl.run("kubectl auth can-i create rolebindings --as devel").out())
        .isEqualTo("no");
    assertThat(kubectl.run("kubectl auth can-i '*' '*' --all-namespaces").out()).isEqualTo("yes");
  }

  @Test
  void theListOfRightsIsATable() throws IOException {
    Result list = kubectl.run("kubectl --context devel auth can-i --list");

    assertThat(list.exit()).as(list.err()).isZero();
    assertThat(list.out().lines().findFirst().orElseThrow())
        .containsPattern("Resources\\s+Non-Resource URLs\\s+Resource Names\\s+Verbs");
    assertThat(list.out())
        .containsPattern("secrets\\s+\\[]\\s+\\[]\\s+\\[.*get list watch.*]")
        .containsPattern("\\[/api/\\*]\\s+\\[]\\s+\\[get]");
  }

  @Test
  void whoamiNamesUserAndGroups() throws IOException {
    assertThat(kubectl.run("kubectl --context devel auth whoami").out())
        .containsPattern("Username\\s+devel")
        .containsPattern("Groups\\s+\\[devs system:authenticated]");
    assertThat(kubectl.run("kubectl auth whoami --as system:serviceaccount:default:robot").out())
        .containsPattern("Username\\s+system:serviceaccount:default:robot")
        .containsPattern(
            "Groups\\s+\\[system:serviceaccounts system:serviceaccounts:default"
                + " system:authenticated]");
  }

  @Test
  void denialsArePrintedAsByARealServer() throws IOException {
    assertThat(kubectl.run("kubectl --context devel get secrets -n kube-system"))
        .isEqualTo(
            new Result(
                1,
                "",
                "Error from server (Forbidden): secrets is forbidden: User \"devel\" cannot list"
                    + " resource \"secrets\" in API group \"\" in the namespace \"kube-system\""));
    assertThat(kubectl.run("kubectl get nodes --as devel").err())
        .isEqualTo(
            "Error from server (Forbidden): nodes is forbidden: User \"devel\" cannot list resource"
                + " \"nodes\" in API group \"\" at the cluster scope");
    assertThat(kubectl.run("kubectl --context devel get pods --as admin").err())
        .isEqualTo(
            "Error from server (Forbidden): users \"admin\" is forbidden: User \"devel\" cannot"
                + " impersonate resource \"users\" in API group \"\" at the cluster scope");
    assertThat(
            kubectl.run(
                "kubectl --context devel create rolebinding r --clusterrole=admin --user=devel"))
        .satisfies(
            result ->
                assertThat(result.err())
                    .contains("User \"devel\" cannot create resource \"rolebindings\""));
  }

  @Test
  void aTokenMadeByKubectlIsItsAccount() throws IOException {
    assertThat(kubectl.run("kubectl create serviceaccount robot").exit()).isZero();
    String token = kubectl.run("kubectl create token robot --duration=20m").out();

    Result who =
        kubectl.run(
            "kubectl --kubeconfig /dev/null --server %s --certificate-authority ca.pem --token %s"
                    .formatted(running.server.url(), token)
                + " auth whoami");
    assertThat(who.out())
        .containsPattern("Username\\s+system:serviceaccount:default:robot")
        .contains("authentication.kubernetes.io/credential-id");
    assertThat(kubectl.run("kubectl create token robot --duration=5m").err())
        .contains("may not specify a duration less than 10 minutes");
    assertThat(kubectl.run("kubectl create token no-such").err())
        .contains("serviceaccounts \"no-such\" not found");
  }

  @Test
  void rolesAreMadeAndDescribed() throws IOException {
    assertThat(
            kubectl
                .run("kubectl create role viewer --verb=get,list --resource=pods,pods/log")
                .out())
        .isEqualTo("role.rbac.authorization.k8s.io/viewer created");
    assertThat(kubectl.run("kubectl describe role viewer").out())
        .containsPattern("pods/log\\s+\\[]\\s+\\[]\\s+\\[get list]");
    assertThat(kubectl.run("kubectl auth reconcile -f - <<'E'\n" + reconciled() + "E").exit())
        .isZero();
  }

  private static String reconciled() {
    return """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reconciled, namespace: default}
        rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
        """;
  }
}
