package dev.cocolab.apiserver.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.auth.Authorizer.Decision;
import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.store.MemoryObjectStore;
import dev.cocolab.apiserver.store.ObjectKey;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Decisions of the evaluator over objects that stand in a store. */
class RbacAuthorizerTest {
  private final MemoryObjectStore store = new MemoryObjectStore(64);
  private final RbacAuthorizer authorizer = new RbacAuthorizer(store);

  private void put(String resource, String namespace, String name, String json) {
    ObjectNode object = (ObjectNode) Trees.MAPPER.readTree(json.replace('\'', '"'));
    ObjectNode metadata = Trees.child(object, "metadata").put("name", name);
    if (!namespace.isEmpty()) {
      metadata.put("namespace", namespace);
    }
    ObjectKey key = new ObjectKey(resource, namespace, name);
    long revision = store.get(key).map(StoredObject::revision).orElse(0L);
    assertThat(store.write(key, revision, object)).isPresent();
  }

  private void role(String namespace, String name, String rules) {
    put(
        namespace.isEmpty() ? Resources.CLUSTER_ROLES : Resources.ROLES,
        namespace,
        name,
        "{'rules':[" + rules + "]}");
  }

  private void bind(String namespace, String name, String kind, String role, String subjects) {
    put(
        namespace.isEmpty() ? Resources.CLUSTER_ROLE_BINDINGS : Resources.ROLE_BINDINGS,
        namespace,
        name,
        "{'roleRef':{'kind':'" + kind + "','name':'" + role + "'},'subjects':[" + subjects + "]}");
  }

  private static String user(String name) {
    return "{'kind':'User','name':'" + name + "'}";
  }

  private static RequestAttributes path(String verb, String path) {
    return new RequestAttributes(verb, "", "", "", "", "", path);
  }

  /** {@code verb group/resource[/sub] namespace name}, with {@code -} for what is empty. */
  private static RequestAttributes request(String text) {
    List<String> words =
        Arrays.stream(text.split(" ", -1)).map(word -> word.equals("-") ? "" : word).toList();
    String[] resource = words.get(1).split("/", -1);
    return new RequestAttributes(
        words.get(0),
        resource[0].equals("core") ? "" : resource[0],
        resource[1],
        resource.length > 2 ? resource[2] : "",
        words.get(2),
        words.get(3),
        "");
  }

  private boolean allows(String user, String request, String... groups) {
    return authorizer.decide(User.of(user, groups), request(request)).allowed();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // verbs
        "verbs get | core/pods | get core/pods - - | true",
        "verbs get | core/pods | list core/pods - - | false",
        "verbs * | core/pods | deletecollection core/pods x - | true",
        "verbs get,list | core/pods | watch core/pods x - | false",
        // groups
        "verbs get | apps/deployments | get apps/deployments x d | true",
        "verbs get | apps/deployments | get core/deployments x d | false",
        "verbs get | */deployments | get extensions/deployments x d | true",
        "verbs get | core/* | get apps/deployments x d | false",
        // resources and sub-resources
        "verbs get | core/* | get core/pods/log x p | true",
        "verbs get | core/pods | get core/pods/log x p | false",
        "verbs get | core/pods/log | get core/pods/log x p | true",
        "verbs get | core/pods/log | get core/pods x p | false",
        "verbs create | core/pods/exec | create core/pods/exec x p | true",
        "verbs get | core/pods/exec | create core/pods/exec x p | false",
        "verbs update | */*/scale | update apps/deployments/scale x d | true",
        "verbs update | */*/scale | update apps/deployments/status x d | false",
        "verbs update | */*/scale | update apps/deployments x d | false",
        "verbs get | core/pods/* | get core/pods/log x p | false",
        // names
        "verbs get names a,b | core/secrets | get core/secrets x a | true",
        "verbs get names a,b | core/secrets | get core/secrets x c | false",
        "verbs list names a | core/secrets | list core/secrets x - | false",
        "verbs list names a | core/secrets | list core/secrets x a | true",
        "verbs create names a | core/secrets | create core/secrets x - | false",
      })
  void aRuleAllowsWhatItSaysAndNothingElse(
      String rule, String resource, String request, boolean allowed) {
    String[] words = rule.split(" ", -1);
    String[] parts = resource.split("/", 2);
    String names = words.length > 3 ? ",'resourceNames':" + array(words[3]) : "";
    role(
        "",
        "r",
        "{'verbs':%s,'apiGroups':%s,'resources':%s%s}"
            .formatted(
                array(words[1]),
                array(parts[0].equals("core") ? "" : parts[0]),
                array(parts[1]),
                names));
    bind("", "b", "ClusterRole", "r", user("u"));

    assertThat(allows("u", request)).isEqualTo(allowed);
    assertThat(allows("somebody", request)).isFalse();
  }

  private static String array(String words) {
    return "['" + words.replace(",", "','") + "']";
  }

  @ParameterizedTest
  @CsvSource({
    "/healthz, get, /healthz, true",
    "/healthz, get, /healthz/ping, false",
    "/healthz, head, /healthz, false",
    "/apis/*, get, /apis/apps/v1, true",
    "/apis/*, get, /apis, false",
    "/api*, get, /apis, true",
    "*, get, /metrics, true",
    "/a*b, get, /axb, false"
  })
  void aPathEndsInAStarOrIsExact(String rule, String verb, String path, boolean allowed) {
    role("", "r", "{'verbs':['get'],'nonResourceURLs':['" + rule + "']}");
    bind("", "b", "ClusterRole", "r", user("u"));

    assertThat(authorizer.decide(User.of("u"), path(verb, path)).allowed()).isEqualTo(allowed);
  }

  @Test
  void aRoleBindingGivesRightsInItsNamespaceOnly() {
    role(
        "",
        "r",
        "{'verbs':['*'],'apiGroups':['*'],'resources':['*']},"
            + "{'verbs':['*'],'nonResourceURLs':['*']}");
    bind("x", "b", "ClusterRole", "r", user("u"));

    assertThat(allows("u", "delete core/pods x p")).isTrue();
    assertThat(allows("u", "delete core/pods y p")).isFalse();
    assertThat(allows("u", "list core/pods - -")).isFalse();
    assertThat(authorizer.decide(User.of("u"), path("get", "/metrics")).allowed()).isFalse();
  }

  @Test
  void aRoleOfAnotherNamespaceIsAnotherRole() {
    role("x", "r", "{'verbs':['get'],'apiGroups':[''],'resources':['pods']}");
    bind("y", "b", "Role", "r", user("u"));

    Decision decision = authorizer.decide(User.of("u"), request("get core/pods y p"));
    assertThat(decision.allowed()).isFalse();
    assertThat(decision.reason()).isEqualTo("RBAC: role.rbac.authorization.k8s.io \"r\" not found");
  }

  @Test
  void groupsAndServiceAccountsAreSubjects() {
    role("x", "r", "{'verbs':['get'],'apiGroups':[''],'resources':['pods']}");
    bind(
        "x",
        "b",
        "Role",
        "r",
        "{'kind':'Group','name':'team'},{'kind':'ServiceAccount','name':'robot'},"
            + "{'kind':'ServiceAccount','name':'far','namespace':'y'}");

    assertThat(allows("u", "get core/pods x p", "team")).isTrue();
    assertThat(allows("team", "get core/pods x p")).isFalse();
    assertThat(allows("system:serviceaccount:x:robot", "get core/pods x p")).isTrue();
    assertThat(allows("system:serviceaccount:y:robot", "get core/pods x p")).isFalse();
    assertThat(allows("system:serviceaccount:y:far", "get core/pods x p")).isTrue();
  }

  @Test
  void theReasonNamesBindingRoleAndSubject() {
    role("x", "reader", "{'verbs':['get'],'apiGroups':[''],'resources':['pods']}");
    bind("x", "b", "Role", "reader", "{'kind':'ServiceAccount','name':'robot'}");
    role("", "all", "{'verbs':['get'],'apiGroups':[''],'resources':['nodes']}");
    bind("", "c", "ClusterRole", "all", "{'kind':'Group','name':'team'}");

    assertThat(
            authorizer
                .decide(User.of("system:serviceaccount:x:robot"), request("get core/pods x p"))
                .reason())
        .isEqualTo(
            "RBAC: allowed by RoleBinding \"b/x\" of Role \"reader\" to ServiceAccount"
                + " \"robot/x\"");
    assertThat(authorizer.decide(User.of("u", "team"), request("get core/nodes - n")).reason())
        .isEqualTo(
            "RBAC: allowed by ClusterRoleBinding \"c\" of ClusterRole \"all\" to Group \"team\"");
  }

  @Test
  void membersOfMastersNeedNoRule() {
    assertThat(allows("root", "delete core/nodes - n", User.MASTERS)).isTrue();
    assertThat(allows(User.MASTERS, "delete core/nodes - n")).isFalse();
  }

  @Test
  void everyChangeCountsAtOnce() {
    assertThat(allows("u", "get core/pods x p")).isFalse();
    role("x", "r", "{'verbs':['get'],'apiGroups':[''],'resources':['pods']}");
    bind("x", "b", "Role", "r", user("u"));
    assertThat(allows("u", "get core/pods x p")).isTrue();

    bind("x", "b", "Role", "r", user("v"));
    assertThat(allows("u", "get core/pods x p")).isFalse();
    assertThat(allows("v", "get core/pods x p")).isTrue();

    role("x", "r", "{'verbs':['list'],'apiGroups':[''],'resources':['pods']}");
    assertThat(allows("v", "get core/pods x p")).isFalse();
    assertThat(allows("v", "list core/pods x -")).isTrue();

    delete(new ObjectKey(Resources.ROLE_BINDINGS, "x", "b"));
    assertThat(allows("v", "list core/pods x -")).isFalse();
  }

  private void delete(ObjectKey key) {
    StoredObject stored = store.get(key).orElseThrow();
    assertThat(store.delete(key, stored.revision(), stored.json().deepCopy())).isPresent();
  }

  @Test
  void objectsThatWereThereBeforeCountToo() {
    role("x", "r", "{'verbs':['get'],'apiGroups':[''],'resources':['pods']}");
    bind("x", "b", "Role", "r", user("u"));

    assertThat(
            new RbacAuthorizer(store).decide(User.of("u"), request("get core/pods x p")).allowed())
        .isTrue();
  }

  @Test
  void anAggregatedRoleFollowsTheRolesThatItSelects() {
    AggregatedRoles aggregated = new AggregatedRoles(store, work -> {});
    put(
        Resources.CLUSTER_ROLES,
        "",
        "outer",
        "{'aggregationRule':{'clusterRoleSelectors':[{'matchLabels':{'to':'outer'}}]}}");
    put(
        Resources.CLUSTER_ROLES,
        "",
        "middle",
        "{'metadata':{'labels':{'to':'outer'}},'aggregationRule':{'clusterRoleSelectors':"
            + "[{'matchExpressions':[{'key':'to','operator':'In','values':['middle']}]}]}}");
    put(
        Resources.CLUSTER_ROLES,
        "",
        "leaf",
        "{'metadata':{'labels':{'to':'middle'}},"
            + "'rules':[{'verbs':['get'],'apiGroups':[''],'resources':['pods']}]}");
    bind("", "b", "ClusterRole", "outer", user("u"));

    aggregated.reconcile();
    assertThat(allows("u", "get core/pods x p")).isTrue();

    delete(new ObjectKey(Resources.CLUSTER_ROLES, "", "leaf"));
    aggregated.reconcile();
    assertThat(allows("u", "get core/pods x p")).isFalse();
  }
}
