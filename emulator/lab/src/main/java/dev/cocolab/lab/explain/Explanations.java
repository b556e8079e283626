package dev.cocolab.lab.explain;

import dev.cocolab.broker.Access;
import dev.cocolab.broker.Appraisal;
import dev.cocolab.broker.AttestationJournal;
import dev.cocolab.broker.Explain;
import dev.cocolab.broker.Explanation;
import dev.cocolab.node.PodVm;
import dev.cocolab.node.PodVmInventory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Explains what the journal of a lab's Trustee holds, as JSON: {@code subject}, and {@code
 * entries}, oldest first, each with {@code request} (the id that the answer carried), {@code at},
 * {@code asked}, {@code decision}, {@code summary}, {@code findings}, {@code lines} (the same in
 * plain words), {@code claims} (by submodule) and {@code reference_values}. Holds no secret: the
 * journal has none.
 */
public final class Explanations {
  private final AttestationJournal journal;
  private final PodVmInventory machines;

  /** Reads a journal, and which pod is in which machine. */
  public Explanations(AttestationJournal journal, PodVmInventory machines) {
    this.journal = Objects.requireNonNull(journal, "journal");
    this.machines = Objects.requireNonNull(machines, "machines");
  }

  /**
   * Explains a request.
   *
   * @param requestId value of the header {@code x-cocolab-request-id}
   * @return empty when the journal does not know it, or no longer
   */
  public Optional<ObjectNode> ofRequest(String requestId) {
    return journal
        .access(requestId)
        .map(Explanations::entry)
        .or(() -> journal.appraisal(requestId).map(Explanations::entry))
        .map(entry -> document("request " + requestId, List.of(entry)));
  }

  /**
   * Explains what became of the requests of a pod: its last attestation, and the last answer for
   * each resource that it asked for.
   *
   * @return empty when the pod has no machine now
   */
  public Optional<ObjectNode> ofPod(String namespace, String name) {
    return machines.podVms().stream()
        .filter(vm -> vm.podNamespace().equals(namespace) && vm.podName().equals(name))
        .findFirst()
        .map(vm -> document("pod %s/%s in %s".formatted(namespace, name, vm.name()), of(vm)));
  }

  private List<ObjectNode> of(PodVm vm) {
    Map<String, Timed> last = new LinkedHashMap<>();
    for (Appraisal appraisal : journal.appraisals()) {
      if (isOf(appraisal, vm)) {
        last.put("", new Timed(appraisal.at(), entry(appraisal)));
      }
    }
    for (Access access : journal.accesses()) {
      if (access.appraisal().filter(appraisal -> isOf(appraisal, vm)).isPresent()) {
        last.put(access.path(), new Timed(access.at(), entry(access)));
      }
    }
    List<Timed> sorted = new ArrayList<>(last.values());
    sorted.sort((one, other) -> one.at().compareTo(other.at()));
    return sorted.stream().map(Timed::entry).toList();
  }

  private record Timed(Instant at, ObjectNode entry) {}

  /** The variable data of the report name the machine, as text. */
  private static boolean isOf(Appraisal appraisal, PodVm vm) {
    String report = appraisal.evidence().path("hcl_report").asString("");
    try {
      return new String(Base64.getUrlDecoder().decode(report), StandardCharsets.ISO_8859_1)
          .contains(vm.vmId().toString().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private static ObjectNode entry(Access access) {
    ObjectNode out =
        entry(
            access.requestId(),
            access.at(),
            access.method() + " " + access.path(),
            Explain.explain(access));
    access.appraisal().ifPresent(appraisal -> addClaims(out, appraisal));
    return out;
  }

  private static ObjectNode entry(Appraisal appraisal) {
    ObjectNode out =
        entry(
            appraisal.requestId(),
            appraisal.at(),
            "attestation as " + (appraisal.tee().isEmpty() ? "nobody" : appraisal.tee()),
            Explain.explain(appraisal));
    addClaims(out, appraisal);
    return out;
  }

  private static ObjectNode entry(
      String requestId, Instant at, String asked, Explanation explanation) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("request", requestId).put("at", at.toString()).put("asked", asked);
    out.setAll(explanation.toJson());
    explanation.toLines().forEach(out.putArray("lines")::add);
    return out;
  }

  private static void addClaims(ObjectNode out, Appraisal appraisal) {
    ObjectNode claims = out.putObject("claims");
    appraisal.submods().forEach(submod -> claims.set(submod.name(), submod.claims()));
    ObjectNode values = out.putObject("reference_values");
    appraisal.referenceValues().forEach((name, value) -> values.set(name, value));
  }

  private static ObjectNode document(String subject, List<ObjectNode> entries) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("subject", subject);
    ArrayNode list = out.putArray("entries");
    entries.forEach(list::add);
    return out;
  }
}
