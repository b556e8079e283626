package dev.cocolab.junit.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.broker.Appraisal;
import dev.cocolab.fixtures.Manifests;
import dev.cocolab.junit.As;
import dev.cocolab.junit.CocoLabExtension;
import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Persona;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConfidentialClusterExampleTest {
  @RegisterExtension static final CocoLabExtension LAB = CocoLabExtension.builder().build();

  @Test
  void podRunsInAnAttestedConfidentialVm(Lab lab, @As(Persona.DEVEL) KubernetesClient devel) {
    var yaml = Manifests.text("sample-fraud-detection.yaml").getBytes(UTF_8);
    Pod pod = devel.pods().load(new ByteArrayInputStream(yaml)).create();

    devel
        .resource(pod)
        .waitUntilCondition(
            now -> now != null && "Running".equals(now.getStatus().getPhase()),
            60,
            TimeUnit.SECONDS);

    assertThat(lab.podVms().podVms()).hasSize(1);
    assertThat(lab.journal().appraisals()).isNotEmpty().allMatch(Appraisal::affirming);
  }
}
