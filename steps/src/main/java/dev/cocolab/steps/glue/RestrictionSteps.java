package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.fixtures.InitdataTemplate;
import dev.cocolab.fixtures.ResourcePolicies;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.World;
import dev.cocolab.steps.persona.CommandOutcome;
import dev.cocolab.steps.persona.OpSec;
import dev.cocolab.steps.targets.Denial;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Guests that all are recognised, and of which each may read something else. */
public final class RestrictionSteps {
  private static final String GUEST_API = "http://127.0.0.1:8006/cdh/resource/";
  private static final String REFUSED = "refused";

  /** What the guest's API answers for whatever Trustee does not give. */
  private static final String REFUSAL =
      "rpc status: Status { code: INTERNAL, message: \"[CDH] [ERROR]: Get Resource failed\","
          + " details: [], special_fields: SpecialFields { unknown_fields: UnknownFields { fields:"
          + " None }, cached_size: CachedSize { size: 0 } } }";

  private final World world;
  private final Map<String, Initdata> documents = new LinkedHashMap<>();
  private final Set<String> applied = new LinkedHashSet<>();
  private final List<String> refusedResources = new ArrayList<>();

  public RestrictionSteps(World world) {
    this.world = world;
  }

  @Given("OpSec has put the text {string} into Trustee as {string}")
  public void textInTrustee(String text, String resource) {
    int slash = resource.indexOf('/');
    String secret = resource.substring(0, slash);
    world
        .opSec()
        .putIntoTrustee(
            secret, resource.substring(slash + 1), text.getBytes(StandardCharsets.UTF_8));
    assertThat(world.opSec().secretResources()).contains(secret);
  }

  @Given(
      "OpSec has made initdata for {string}, {string} and {string} that lets these resources be asked for:")
  public void initdataFor(String one, String two, String three, List<String> resources) {
    byte[] open =
        InitdataTemplate.allowing(
            world.clusterAdmin().clusterInitdata().bytes(),
            resources.stream().map(RestrictionSteps::command).toList());
    for (String pod : List.of(one, two, three)) {
      documents.put(pod, Initdata.parse(InitdataTemplate.named(open, pod)));
    }
  }

  @Given("OpSec has registered the measurements of all three")
  public void registered() {
    world.opSec().registerInitdata(List.copyOf(documents.values()));
  }

  @Given(
      "OpSec lets {string} be read by the initdata of {string} only, and {string} by that of {string}")
  public void restricted(String secret, String pod, String otherSecret, String otherPod) {
    String policy =
        ResourcePolicies.restricted(
            OpSec.measurement(documents.get(pod)), OpSec.measurement(documents.get(otherPod)));
    assertThat(policy).contains('"' + secret + '"', '"' + otherSecret + '"');
    world.opSec().setResourcePolicy(policy);
  }

  @Given("OpSec has handed Trustee a resource policy with a syntax error")
  public void brokenPolicy() {
    world.opSec().setResourcePolicy("package policy\n\nallow if {\n");
  }

  @Given("OpSec lets {string} alone be read")
  public void aloneRead(String secret) {
    world
        .opSec()
        .setResourcePolicy(
            """
            package policy

            import rego.v1

            default allow := false

            allow if data["resource-path"][1] == "%s"
            """
                .formatted(secret));
  }

  @Given("an attacker has changed one byte of the initdata of {string}")
  public void oneByteChanged(String pod) {
    documents.computeIfPresent(
        pod, (name, original) -> world.clusterAdmin().withOneByteChanged(original));
  }

  @When("the developer applies {string}, {string} and {string}, each with its initdata")
  public void applyAll(String one, String two, String three) {
    List.of(one, two, three).forEach(this::apply);
  }

  @When("the developer applies {string} with its initdata")
  public void apply(String pod) {
    applyWith(pod, pod);
  }

  @When("the developer applies {string} with the initdata of {string}")
  public void applyWith(String pod, String owner) {
    world.givePodsInitdata(documents.get(owner));
    Pod manifest = PodManifest.prepared("pod1", world);
    manifest.getMetadata().setName(pod);
    world.applying(pod, Serialization.asYaml(manifest));
    world.developer().apply(manifest);
    applied.add(pod);
  }

  @Then("each of them is Running")
  public void eachRunning() {
    assertThat(applied)
        .allSatisfy(
            pod ->
                assertThat(world.developer().awaitRunning(pod).getStatus().getPhase())
                    .isEqualTo("Running"));
  }

  @Then("two of the documents differ in the line {string} only")
  public void differInOneLine(String member) {
    List<List<String>> lines =
        documents.values().stream()
            .map(document -> new String(document.bytes(), StandardCharsets.UTF_8).lines().toList())
            .toList();
    List<String> first = new ArrayList<>(lines.get(0));
    List<String> second = new ArrayList<>(lines.get(1));
    first.removeAll(lines.get(1));
    second.removeAll(lines.get(0));
    assertThat(first).singleElement().asString().startsWith(member + " = ");
    assertThat(second).singleElement().asString().startsWith(member + " = ");
    assertThat(lines.get(0)).hasSameSizeAs(lines.get(1));
  }

  @Then("no two of them have the same measurement")
  public void differentMeasurements() {
    assertThat(documents.values().stream().map(OpSec::measurement))
        .hasSizeGreaterThan(1)
        .doesNotHaveDuplicates();
  }

  @Then("the pods get these answers:")
  public void answers(List<Map<String, String>> rows) {
    rows.forEach(
        row ->
            row.forEach(
                (resource, answer) -> {
                  if (!resource.equals("pod")) {
                    answers(row.get("pod"), resource, answer);
                  }
                }));
  }

  @Then("{string} gets {string} as {string}")
  public void gets(String pod, String answer, String resource) {
    answers(pod, resource, answer);
  }

  @Then("{string} is refused {string}")
  public void isRefused(String pod, String resource) {
    answers(pod, resource, REFUSED);
  }

  private void answers(String pod, String resource, String answer) {
    CommandOutcome outcome = world.developer().run(pod, command(resource).split(" "));
    assertThat(outcome.refusal()).as("refusal of the command in %s", pod).isEmpty();
    if (answer.equals(REFUSED)) {
      refusedResources.add(resource);
    }
    assertThat(outcome.output())
        .as("what %s gets as %s", pod, resource)
        .isEqualTo(answer.equals(REFUSED) ? REFUSAL : answer);
  }

  @Then("the developer is refused to run {string} in {string}")
  public void refusedToRun(String command, String pod) {
    CommandOutcome outcome = world.developer().run(pod, command.split(" "));
    world.refused(outcome.refusal());
    assertThat(outcome.output()).as("output of '%s'", command).isEmpty();
    assertThat(outcome.refusal()).contains("ExecProcessRequest is blocked by policy");
  }

  @Then("after each refusal Trustee's log shows that the guest attested again and passed")
  public void attestedAgain() {
    assertThat(refusedResources).isNotEmpty();
    assertThat(world.trusteeLog().text()).as("Trustee's log").contains("PolicyDeny");
    assertThat(refusedResources)
        .allSatisfy(
            resource ->
                assertThat(world.trusteeLog().afterRefusalOf(resource))
                    .as("requests after %s was refused", resource)
                    .containsSubsequence("POST /kbs/v0/auth 200", "POST /kbs/v0/attest 200"));
  }

  @Then(
      "the denial is explained by the claim {string}, which is that of {string} and not of {string}")
  public void explainedByInitdata(String claim, String found, String wanted) {
    List<Denial> denials = world.target().trustee().denials();
    assertThat(denials.subList(world.denialMark(), denials.size()))
        .as("denials since the pod was applied")
        .isNotEmpty()
        .allSatisfy(
            denial ->
                assertThat(denial.findings())
                    .as("findings of %s", denial.json())
                    .filteredOn(finding -> finding.claim().endsWith(claim))
                    .singleElement()
                    .satisfies(
                        finding -> {
                          assertThat(finding.found())
                              .isEqualTo(OpSec.measurement(documents.get(found)));
                          assertThat(finding.expected())
                              .containsExactly(
                                  "== \"%s\"".formatted(OpSec.measurement(documents.get(wanted))));
                        }));
  }

  private static String command(String resource) {
    return "curl -s " + GUEST_API + resource;
  }
}
