package dev.cocolab.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.fixtures.InitdataTemplate;
import dev.cocolab.fixtures.Manifests;
import dev.cocolab.protocol.Initdata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.HexFormat;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Of two pods, each is told what became of its own requests, and nothing of the other's. */
class ExplainedPodsTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String IMAGE_POLICY = "GET resource/default/trustee-image-policy/policy";

  @Test
  void eachPodIsToldWhatBecameOfItsOwnRequests() {
    try (Machine machine = TestMachine.open();
        Lab lab = Lab.builder(machine).start()) {
      KubernetesClient client = lab.client(Persona.ADMIN);
      Initdata known =
          Initdata.decodeAnnotation(
              client
                  .configMaps()
                  .inNamespace("openshift-sandboxed-containers-operator")
                  .withName("peer-pods-cm")
                  .require()
                  .getData()
                  .get("INITDATA"));
      Initdata unknown = Initdata.parse(InitdataTemplate.named(known.bytes(), "stranger"));
      client.resource(pod("recognised", known)).create();
      client.resource(pod("stranger", unknown)).create();

      JsonNode recognised = awaitDecision(lab, "recognised", "granted");
      JsonNode stranger = awaitDecision(lab, "stranger", "denied");

      assertThat(entry(recognised, "attestation as az-snp-vtpm").path("decision").asString())
          .isEqualTo("affirming");
      JsonNode finding = entry(stranger, IMAGE_POLICY).path("findings").get(0);
      assertThat(finding.path("claim").asString()).isEqualTo("tpm.pcr08");
      assertThat(finding.path("found").asString()).isEqualTo(pcr8(unknown));
      assertThat(finding.path("expected").get(0).asString()).isEqualTo(pcr8(known));
      assertThat(finding.path("rule").asString()).isEqualTo("executables");
      assertThat(finding.path("remedy").asString()).contains("snp_pcr08");
      assertThat(recognised.toString()).doesNotContain(pcr8(unknown));

      String request = entry(stranger, IMAGE_POLICY).path("request").asString();
      ObjectNode byRequest = lab.explanations().ofRequest(request).orElseThrow();
      assertThat(byRequest.path("entries").get(0)).isEqualTo(entry(stranger, IMAGE_POLICY));
      assertThat(lab.explanations().ofPod("default", "nobody")).isEmpty();
      assertThat(lab.explanations().ofPod("other", "stranger")).isEmpty();
      assertThat(lab.explanations().ofRequest("none")).isEmpty();
    }
  }

  private static Pod pod(String name, Initdata initdata) {
    return new PodBuilder(Serialization.unmarshal(Manifests.text("pod1.yaml"), Pod.class))
        .editMetadata()
        .withName(name)
        .addToAnnotations(Initdata.ANNOTATION, initdata.encodeAnnotation())
        .endMetadata()
        .build();
  }

  private static JsonNode awaitDecision(Lab lab, String pod, String decision) {
    return Awaitility.await(pod + " is " + decision)
        .atMost(LIMIT)
        .until(
            () ->
                lab.explanations()
                    .ofPod("default", pod)
                    .<JsonNode>map(document -> document.path("entries"))
                    .orElse(MissingNode.getInstance()),
            entries -> entry(entries, IMAGE_POLICY).path("decision").asString("").equals(decision));
  }

  private static JsonNode entry(JsonNode entries, String asked) {
    for (JsonNode entry : entries) {
      if (entry.path("asked").asString().equals(asked)) {
        return entry;
      }
    }
    return MissingNode.getInstance();
  }

  private static String pcr8(Initdata document) {
    return HexFormat.of().formatHex(document.pcr8());
  }
}
