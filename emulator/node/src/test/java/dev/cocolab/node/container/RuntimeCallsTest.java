package dev.cocolab.node.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.CopiedFile;
import dev.cocolab.guest.OciContainer;
import dev.cocolab.guest.PolicyVerdict;
import dev.cocolab.guest.PolicyVerdict.Outcome;
import dev.cocolab.image.UnpackedImage;
import dev.cocolab.node.pod.PodSetupException;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.node.volume.PodVolume;
import dev.cocolab.sandbox.Mount;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which requests the runtime makes, in which order, and what it says of a refusal. */
class RuntimeCallsTest {
  private static final String SHARED = "/run/kata-containers/shared/containers/";
  private static final NetworkFiles NAMES =
      new NetworkFiles("fraud", List.of("127.9.0.2\tfraud"), "search ns\n");

  private final Recorder vm = new Recorder();
  private final RuntimeCalls calls = new RuntimeCalls(vm, "0123");

  @Test
  void aSandboxIsBegunAndEndedAroundItsPauseContainer() {
    SandboxCalls sandbox = new SandboxCalls(vm, "5a5a");
    sandbox.begin(pod(Map.of()), NAMES, new Random(1));
    assertThat(vm.taken())
        .containsExactly(
            "CreateSandboxRequest",
            "GuestDetailsRequest",
            "CopyFileRequest",
            "CopyFileRequest",
            "CreateContainerRequest",
            "StartContainerRequest",
            "GetOOMEventRequest");

    sandbox.end();

    assertThat(vm.taken())
        .containsExactly(
            "SignalProcessRequest",
            "WaitProcessRequest",
            "SignalProcessRequest",
            "WaitProcessRequest",
            "RemoveContainerRequest",
            "RemoveStaleVirtiofsShareMountsRequest",
            "DestroySandboxRequest");
  }

  @Test
  void aSandboxThatDidNotBeginIsOnlyDestroyed() {
    vm.denied = "GuestDetailsRequest";
    SandboxCalls sandbox = new SandboxCalls(vm, "5a5a");
    assertThatThrownBy(() -> sandbox.begin(pod(Map.of()), NAMES, new Random(1)))
        .isInstanceOf(PodSetupException.class)
        .hasMessage(
            "Failed to create pod sandbox: rpc error: code = Unknown desc = CreateContainer failed:"
                + " \"GuestDetailsRequest is blocked by policy: \": unknown");
    vm.taken();

    sandbox.end();

    assertThat(vm.taken()).containsExactly("DestroySandboxRequest");
  }

  @Test
  void aPolicyOfThePodIsSetBeforeAnythingElse() {
    new SandboxCalls(vm, "5a5a")
        .begin(pod(Map.of(SandboxCalls.POLICY, "cGFja2FnZSB4")), NAMES, new Random(1));

    assertThat(vm.taken()).startsWith("SetPolicyRequest package x", "CreateSandboxRequest");
  }

  @Test
  void aContainerEndsWithRequestsWhoseAnswersDoNotCount() {
    assertThat(calls.exitCode(7)).isEqualTo(7);
    calls.stop();
    assertThat(calls.mayReadMessage()).isTrue();
    calls.remove();
    assertThat(vm.taken())
        .containsExactly(
            "WaitProcessRequest",
            "SignalProcessRequest",
            "WaitProcessRequest",
            "GetDiagnosticDataRequest",
            "RemoveContainerRequest",
            "RemoveStaleVirtiofsShareMountsRequest");
    vm.denied = "WaitProcessRequest";
    assertThat(calls.exitCode(0)).isEqualTo(255);
  }

  @Test
  void filesOfVolumesAreCopiedInPartsAndScratchVolumesAreMadeInTheVm(@TempDir Path directory)
      throws Exception {
    Path secret = Files.createDirectories(directory.resolve("secret/..1"));
    Files.write(secret.resolve("key"), new byte[(int) CopiedFile.PART + 1]);
    Files.createSymbolicLink(directory.resolve("secret/..data"), Path.of("..1"));
    SharedFiles shared = new SharedFiles("0123", new Random(1));
    shared.addVolume(
        new Mount(directory.resolve("secret"), "/etc/keys", true),
        new PodVolume("keys", directory.resolve("secret"), OptionalLong.empty(), true),
        "5a5a",
        2000);
    shared.addVolume(
        new Mount(directory, "/scratch", false),
        new PodVolume("scratch", directory, OptionalLong.empty(), false),
        "5a5a",
        2000);

    assertThat(calls.create(shared.copied(), container(shared))).isEmpty();

    assertThat(vm.asked)
        .extracting(request -> request.input().path("path").asString(""))
        .filteredOn(path -> !path.isEmpty())
        .allMatch(path -> path.matches(SHARED + "0123-[0-9a-f]{16}-keys(/.*)?"))
        .hasSize(5)
        .endsWith(vm.asked.get(4).input().path("path").asString());
    assertThat(vm.asked)
        .extracting(
            request ->
                request.input().path("file_type").asString("")
                    + " "
                    + request.input().path("symlink_target").asString("-")
                    + " "
                    + request.input().path("offset").asInt(0))
        .containsExactly(
            "Directory - 0",
            "Directory - 0",
            "Regular - 0",
            "Regular - 1048576",
            "Symlink ..1 0",
            " - 0");
    assertThat(vm.asked.get(2).input().path("gid").asInt()).isEqualTo(2000);
    assertThat(vm.asked.get(5).input().at("/OCI/Mounts/1/source").asString())
        .isEqualTo(SHARED + "5a5a/rootfs/local/scratch")
        .isEqualTo(vm.asked.get(5).input().at("/storages/1/mount_point").asString());
  }

  @Test
  void aRefusedCopyReadsAsItsCallerWrapsIt() {
    vm.denied = "CopyFileRequest";
    OciContainer container = container(new SharedFiles("0123", new Random(1)));

    assertThat(calls.create(List.of(file(1)), container))
        .contains(
            "Could not send CopyFile request: rpc error: code = PermissionDenied desc ="
                + " \"CopyFileRequest is blocked by policy: \"");
    assertThat(calls.create(List.of(file(0)), container))
        .contains("\"CopyFileRequest is blocked by policy: \"");
    assertThat(vm.taken()).containsExactly("CopyFileRequest", "CopyFileRequest");
  }

  private static CopiedFile file(long size) {
    return new CopiedFile("/run/x", CopiedFile.REGULAR, Optional.empty(), size, 0, 0);
  }

  private static OciContainer container(SharedFiles shared) {
    return new OciContainer(
        "0123",
        "quay.io/lab/app:1",
        new AgentRequest.Process(List.of("x"), List.of(), "/", 0, 0, List.of(), false),
        List.of(),
        shared.mounts(),
        shared.storages(),
        Map.of(),
        "",
        false);
  }

  private static Pod pod(Map<String, String> annotations) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("p")
        .withNamespace("ns")
        .withUid("u1")
        .withAnnotations(annotations)
        .endMetadata()
        .build();
  }

  /** Remembers requests and refuses at most one kind. */
  private static final class Recorder implements PodMachine {
    private final List<AgentRequest> asked = new ArrayList<>();
    private String denied = "";

    List<String> taken() {
      List<String> names =
          asked.stream()
              .map(
                  request ->
                      request.name().equals("SetPolicyRequest")
                          ? request.name() + " " + request.input().path("policy").asString()
                          : request.name())
              .toList();
      asked.clear();
      return names;
    }

    @Override
    public PolicyVerdict ask(AgentRequest request) {
      asked.add(request);
      return request.name().equals(denied)
          ? new PolicyVerdict(Outcome.DENIED, "\"" + request.name() + " is blocked by policy: \"")
          : new PolicyVerdict(Outcome.ALLOWED, "");
    }

    @Override
    public PolicyVerdict setPolicy(String rego) {
      return ask(AgentRequest.setPolicy(rego));
    }

    @Override
    public String name() {
      return "podvm-p";
    }

    @Override
    public String size() {
      return "Standard_DC2as_v5";
    }

    @Override
    public UUID vmId() {
      return new UUID(0, 1);
    }

    @Override
    public UnpackedImage pull(String reference) {
      throw new AssertionError("not asked here");
    }

    @Override
    public String unsealVariable(String value) {
      return value;
    }

    @Override
    public String unsealCommandVariable(String value) {
      return value;
    }

    @Override
    public Optional<byte[]> unsealFile(byte[] content) {
      return Optional.empty();
    }

    @Override
    public void serveApi(Path socket) {
      throw new AssertionError("not asked here");
    }

    @Override
    public void close() {
      // Nothing runs.
    }
  }
}
