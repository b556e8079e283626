package dev.cocolab.apiserver.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.garbage.Footprint;
import dev.cocolab.garbage.Http2Preface;
import dev.cocolab.garbage.Http2Preface.Ending;
import dev.cocolab.garbage.Route;
import dev.cocolab.garbage.Storm;
import dev.cocolab.garbage.Storm.Judge;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Garbage on each route, from somebody unknown, somebody who may read and an administrator. The
 * property {@code cocolab.garbage} sets the number of requests to each route; without it a sample
 * is sent.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GarbageTest {
  private static final Logger LOG = LoggerFactory.getLogger(GarbageTest.class);
  private static final int PER_ROUTE = Integer.getInteger("cocolab.garbage", 10);
  private static final long SEED = Long.getLong("cocolab.garbage.seed", 20260101L);
  private static final int CONNECTIONS = 4;
  private static final String READER = "test-token-of-the-reader";

  private static RunningServer running;
  private static RawClient admin;
  private static ApiRoutes routes;
  private static StoreCheck store;
  private static List<Route> all;

  @BeforeAll
  static void start() {
    running = new RunningServer(builder -> builder.token(READER, User.of("reader")));
    admin = new RawClient(running);
    String rbac = "/apis/rbac.authorization.k8s.io/v1/";
    admin.send(
        "POST",
        rbac + "clusterroles",
        "{'metadata':{'name':'reader'},'rules':[{'apiGroups':['*'],'resources':['*'],'verbs':['get','list','watch']},"
            + "{'nonResourceURLs':['*'],'verbs':['get']}]}");
    admin.send(
        "POST",
        rbac + "clusterrolebindings",
        "{'metadata':{'name':'reader'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'reader'},"
            + "'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'reader'}]}");
    ApiRoutes first = new ApiRoutes(admin);
    admin.send(
        "POST",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        first.body(
            first.resources().stream()
                .filter(resource -> resource.plural().equals("customresourcedefinitions"))
                .findFirst()
                .orElseThrow()));
    routes = new ApiRoutes(admin);
    store = new StoreCheck(routes, admin);
    store.restore();
    all = routes.all();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static void blow(int perRoute, List<String> identity, Judge judge, int connections) {
    Storm storm =
        new Storm(
            running.authority.sockets(),
            new InetSocketAddress(running.server.url().getHost(), running.server.url().getPort()),
            identity,
            judge);
    Footprint before = Footprint.now();
    storm.blow(all, perRoute, SEED, connections);
    LOG.info("{} routes, {}", all.size(), storm);
    assertThat(storm.faults()).isEmpty();
    assertThat(admin.get("/version").code()).isEqualTo(200);
    assertThat(before.isBack()).as("threads and descriptors are as before").isTrue();
  }

  @Test
  @Order(1)
  void withoutACredentialOnlyHealthAndVersionSucceed() {
    ApiJudge general = new ApiJudge(routes);
    blow(
        Math.max(1, PER_ROUTE / 5),
        List.of(),
        (route, request, answer) -> {
          Optional<String> wrong = general.fault(route, request, answer);
          boolean open =
              request
                  .target()
                  .matches("(https?://[^/]*)?/(healthz|livez|readyz|version)(/ping)?/?([?#].*)?");
          return wrong.isEmpty() && answer.success() && !open
              ? Optional.of("success without a credential")
              : wrong;
        },
        CONNECTIONS);
  }

  @Test
  @Order(2)
  void whoMayReadChangesNothing() {
    ApiJudge general = new ApiJudge(routes);
    long before = store.revision();
    String objects = everything();
    blow(
        Math.max(1, PER_ROUTE * 3 / 10),
        List.of("Authorization: Bearer " + READER),
        (route, request, answer) -> {
          Optional<String> wrong = general.fault(route, request, answer);
          boolean asks =
              List.of("GET", "HEAD").contains(request.method())
                  || request.path().contains("selfsubject");
          return wrong.isEmpty() && answer.success() && !asks
              ? Optional.of("a write of somebody who may only read")
              : wrong;
        },
        CONNECTIONS);
    assertThat(store.revision()).isEqualTo(before);
    assertThat(everything()).isEqualTo(objects);
  }

  private static String everything() {
    StringBuilder all = new StringBuilder();
    routes.resources().stream()
        .filter(ApiRoutes.Resource::stored)
        .forEach(
            resource ->
                all.append(admin.get(resource.root() + "/" + resource.plural()).body())
                    .append('\n'));
    return all.toString();
  }

  @Test
  @Order(3)
  void whatAnAdministratorIsAnsweredIsInTheStore() {
    blow(
        Math.max(1, PER_ROUTE / 2),
        List.of("Authorization: Bearer " + RunningServer.TOKEN),
        store,
        1);
  }

  @Test
  @Order(4)
  void whoSpeaksHttp2AtOnceIsToldTheEnd() throws Exception {
    SocketFactory secure = running.authority.sockets();
    InetSocketAddress address =
        new InetSocketAddress(running.server.url().getHost(), running.server.url().getPort());

    assertThat(Http2Preface.send(SocketFactory.getDefault(), address)).isEqualTo(Ending.CLOSED);
    assertThat(Http2Preface.send(secure, address)).isEqualTo(Ending.REFUSED);
    assertThat(Http2Preface.send(secure, address, "h2")).isIn(Ending.GOAWAY, Ending.CLOSED);
    assertThat(Http2Preface.send(secure, address, "h2", "http/1.1"))
        .isIn(Ending.GOAWAY, Ending.REFUSED);
    assertThat(Http2Preface.send(secure, address, "garbage")).isIn(Ending.REFUSED, Ending.CLOSED);
  }
}
