package dev.cocolab.node.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.node.log.ContainerLog;
import dev.cocolab.node.log.PodLogs;
import dev.cocolab.node.pod.PreparedPod;
import dev.cocolab.node.pod.RunningContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRequestsTest {
  private static final Pod POD =
      new PodBuilder()
          .withNewMetadata()
          .withName("one")
          .withUid("uid")
          .endMetadata()
          .withNewSpec()
          .addNewContainer()
          .withName("app")
          .endContainer()
          .endSpec()
          .build();

  @TempDir private Path root;

  private final MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
  private final List<String> calls = new ArrayList<>();
  private boolean closed;
  private boolean begun;

  private HttpServerRequest request() {
    HttpServerResponse response =
        proxy(
            HttpServerResponse.class,
            (name, argument) ->
                switch (name) {
                  case "closed" -> closed;
                  case "headWritten" -> begun;
                  case "ended" -> false;
                  default -> null;
                });
    return proxy(
        HttpServerRequest.class,
        (name, argument) ->
            switch (name) {
              case "response" -> response;
              case "params" -> parameters;
              default -> null;
            });
  }

  private interface Answers {
    Object to(String method, String argument);
  }

  private <T> T proxy(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            LogRequestsTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              String argument = arguments == null ? "" : String.valueOf(arguments[0]);
              calls.add(method.getName() + " " + argument);
              return method.getReturnType().isInstance(self)
                  ? self
                  : answers.to(method.getName(), argument);
            }));
  }

  private void answer(PodLogs logs, Supplier<Optional<Pod>> found) {
    KubeletServer.Pods pods =
        new KubeletServer.Pods() {
          @Override
          public Optional<Pod> find(String namespace, String name) {
            return found.get();
          }

          @Override
          public Optional<RunningContainer> running(Pod pod, String container) {
            return Optional.empty();
          }

          @Override
          public Optional<PreparedPod> place(Pod pod) {
            return Optional.empty();
          }
        };
    new LogRequests(pods, logs, Clock.systemUTC(), Runnable::run)
        .answer(request(), "default", "one", "app");
  }

  private static Optional<Pod> broken() {
    throw new IllegalStateException("no pods today");
  }

  @Test
  void aFailureIsToldToTheClient() {
    answer(new PodLogs(root, Clock.systemUTC()), LogRequestsTest::broken);

    assertThat(calls).contains("setStatusCode 500", "end reading the log: no pods today");
  }

  @Test
  void aFailureCutsOffAnAnswerThatHasBegun() {
    begun = true;

    answer(new PodLogs(root, Clock.systemUTC()), LogRequestsTest::broken);

    assertThat(calls).contains("reset ").doesNotContain("setStatusCode 500");
  }

  @Test
  void aFollowerThatHadGoneBeforeItsHandlerWasThereIsForgotten() throws Exception {
    PodLogs logs = new PodLogs(root, Clock.systemUTC());
    parameters.add("follow", "true");
    closed = true;
    try (ContainerLog log = logs.begin("uid", "app", 0)) {
      answer(logs, () -> Optional.of(POD));
      calls.clear();

      log.add("stdout", "hello", true);

      assertThat(calls).isEmpty();
    }
  }

  @Test
  void aFollowerThatIsThereHearsFurtherLines() throws Exception {
    PodLogs logs = new PodLogs(root, Clock.systemUTC());
    parameters.add("follow", "true");
    try (ContainerLog log = logs.begin("uid", "app", 0)) {
      answer(logs, () -> Optional.of(POD));
      calls.clear();
      closed = true;

      log.add("stdout", "hello", true);

      assertThat(calls).contains("closed ");
    }
  }
}
