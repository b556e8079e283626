package dev.cocolab.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Against an API server; the test says how pods end. */
@TestInstance(Lifecycle.PER_CLASS)
class JobControllerIntegrationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Whatever the controllers change meanwhile. */
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private TestCluster cluster;
  private KubernetesClient client;
  private WorkloadControllers controllers;
  private FakeKubelet kubelet;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    cluster = new TestCluster(temporary);
    client = cluster.client();
    controllers = WorkloadControllers.start(client);
    kubelet = new FakeKubelet(client);
  }

  @AfterAll
  void stop() {
    kubelet.close();
    controllers.close();
    cluster.close();
  }

  @Test
  void podsThatADeletedJobLeavesBehindCanBeDeleted() {
    String namespace = namespace("orphans");
    create(namespace, "NonIndexed", 2, 2, 6);
    List<Pod> left = pods(namespace, p -> isRunning(p), 2);
    end(left.get(0), "Succeeded");

    client.resource(job(namespace)).withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(client.pods().inNamespace(namespace).list().getItems())
                    .hasSize(2)
                    .allMatch(pod -> pod.getMetadata().getOwnerReferences().isEmpty())
                    .allMatch(pod -> pod.getMetadata().getFinalizers().isEmpty()));

    left.forEach(pod -> client.resource(pod).withGracePeriod(0).delete());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(client.pods().inNamespace(namespace).list().getItems()).isEmpty());
  }

  @Test
  void anIndexedJobRunsEachIndexOnceAndCountsItThoughPodsAreDeleted() {
    String namespace = namespace("indexed");
    create(namespace, "Indexed", 3, 2, 6);
    List<Pod> first = pods(namespace, p -> isRunning(p), 2);
    assertThat(first).extracting(JobControllerIntegrationTest::index).containsOnly("0", "1");
    assertThat(first.get(0).getSpec().getContainers().get(0).getEnv())
        .extracting(e -> e.getName() + "=" + e.getValueFrom().getFieldRef().getFieldPath())
        .containsExactly(
            "JOB_COMPLETION_INDEX="
                + "metadata.labels['batch.kubernetes.io/job-completion-index']");
    assertThat(first.get(0).getMetadata().getName())
        .matches("sum-" + index(first.get(0)) + "-[a-z0-9]{5}");
    assertThat(first.get(0).getSpec().getHostname()).isEqualTo("sum-" + index(first.get(0)));

    first.forEach(pod -> end(pod, "Succeeded"));
    first.forEach(pod -> client.resource(pod).delete());
    Pod last = pods(namespace, p -> isRunning(p) && "2".equals(index(p)), 1).get(0);
    end(last, "Succeeded");

    Job job = await().atMost(PATIENCE).until(() -> job(namespace), j -> is(j, "Complete"));
    assertThat(job.getStatus().getSucceeded()).isEqualTo(3);
    assertThat(job.getStatus().getCompletedIndexes()).isEqualTo("0-2");
    assertThat(job.getStatus().getActive()).isNull();
    assertThat(job.getStatus().getCompletionTime()).isNotNull();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                client.pods().inNamespace(namespace).list().getItems().stream()
                    .allMatch(p -> p.getMetadata().getFinalizers().isEmpty()));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(client.v1().events().inNamespace(namespace).list().getItems())
                    .extracting(Event::getReason)
                    .contains("SuccessfulCreate", "Completed"));
  }

  @Test
  void aJobBeyondItsBackoffLimitFailsAndItsPodsEnd() {
    String namespace = namespace("failing");
    create(namespace, "NonIndexed", 2, 2, 0);
    List<Pod> started = pods(namespace, p -> isRunning(p), 2);

    end(started.get(0), "Failed");

    Job job = await().atMost(PATIENCE).until(() -> job(namespace), j -> is(j, "Failed"));
    assertThat(job.getStatus().getFailed()).isEqualTo(2);
    assertThat(job.getStatus().getConditions())
        .extracting(JobCondition::getReason)
        .containsOnly("BackoffLimitExceeded");
    await()
        .atMost(PATIENCE)
        .until(
            () -> client.pods().inNamespace(namespace).list().getItems(),
            all -> all.stream().noneMatch(JobControllerIntegrationTest::isRunning));
  }

  @Test
  void aDeletedJobTakesItsPodsAlong() {
    String namespace = namespace("deleted");
    create(namespace, "NonIndexed", 2, 2, 6);
    pods(namespace, p -> isRunning(p), 2);

    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .withName("sum")
        .withPropagationPolicy(DeletionPropagation.BACKGROUND)
        .delete();

    await()
        .atMost(PATIENCE)
        .until(() -> client.pods().inNamespace(namespace).list().getItems().isEmpty());
  }

  @Test
  void aPodThatLosesItsJobIsLetGoAndReplaced() {
    String namespace = namespace("disowned");
    create(namespace, "NonIndexed", 1, 1, 6);
    Pod pod = pods(namespace, p -> isRunning(p), 1).get(0);

    client.resource(pod).patch(MERGE, "{\"metadata\": {\"ownerReferences\": null}}");

    Pod alone = pods(namespace, p -> p.getMetadata().getFinalizers().isEmpty(), 1).get(0);
    assertThat(alone.getMetadata().getUid()).isEqualTo(pod.getMetadata().getUid());
    assertThat(isRunning(alone)).isTrue();
    pods(namespace, p -> isRunning(p) && !p.getMetadata().getOwnerReferences().isEmpty(), 1);
  }

  @Test
  void aSuspendedJobKeepsNoPodAndCountsNoFailure() {
    String namespace = namespace("suspended");
    create(namespace, "NonIndexed", 1, 1, 6);
    pods(namespace, p -> isRunning(p), 1);

    suspend(namespace, true);
    await()
        .atMost(PATIENCE)
        .until(() -> client.pods().inNamespace(namespace).list().getItems().isEmpty());
    suspend(namespace, false);
    end(pods(namespace, p -> isRunning(p), 1).get(0), "Succeeded");

    Job job = await().atMost(PATIENCE).until(() -> job(namespace), j -> is(j, "Complete"));
    assertThat(job.getStatus().getFailed()).isNull();
  }

  private void suspend(String namespace, boolean suspended) {
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .withName("sum")
        .patch(MERGE, "{\"spec\": {\"suspend\": %s}}".formatted(suspended));
  }

  private void create(
      String namespace, String mode, int completions, int parallelism, int backoffLimit) {
    client
        .resource(
            new JobBuilder()
                .withNewMetadata()
                .withName("sum")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withCompletionMode(mode)
                .withCompletions(completions)
                .withParallelism(parallelism)
                .withBackoffLimit(backoffLimit)
                .withNewTemplate()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("main")
                .withImage("i:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  private List<Pod> pods(String namespace, Predicate<Pod> which, int count) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                client.pods().inNamespace(namespace).list().getItems().stream()
                    .filter(which)
                    .toList(),
            found -> found.size() == count);
  }

  private void end(Pod pod, String phase) {
    client
        .resource(pod)
        .editStatus(
            now -> {
              now.getStatus().setPhase(phase);
              return now;
            });
  }

  private Job job(String namespace) {
    return client.batch().v1().jobs().inNamespace(namespace).withName("sum").get();
  }

  private static boolean is(Job job, String condition) {
    return job.getStatus().getConditions().stream()
        .anyMatch(c -> c.getType().equals(condition) && c.getStatus().equals("True"));
  }

  private static boolean isRunning(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && "Running".equals(pod.getStatus().getPhase());
  }

  private static String index(Pod pod) {
    return pod.getMetadata().getAnnotations().get("batch.kubernetes.io/job-completion-index");
  }

  private String namespace(String name) {
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    return name;
  }
}
