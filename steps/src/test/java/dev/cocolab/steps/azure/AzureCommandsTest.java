package dev.cocolab.steps.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.fakes.FakeArm;
import dev.cocolab.azure.fakes.FakeAzure;
import dev.cocolab.azure.fakes.FakeBlobs;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.CocoLab;
import dev.cocolab.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AzureCommandsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Terminal terminal =
      new Terminal(
          new PrintStream(out, true, StandardCharsets.UTF_8),
          new PrintStream(err, true, StandardCharsets.UTF_8),
          false);
  private final Random random = new Random(7);
  private final FakeAzure azure = new FakeAzure();
  private final FakeBlobs blobs = new FakeBlobs(azure.tls, azure.entra);

  @BeforeEach
  void pointAtTheFakes() {
    azure.set("COCOLAB_AZURE_BLOB_ENDPOINT", blobs.endpoint());
    azure.arm.apiServer(azure.arm.https().address().toString());
  }

  @AfterEach
  void stop() {
    blobs.close();
    azure.close();
  }

  private int run(String... arguments) {
    CommandLine line =
        AzureCommands.command(
            terminal,
            new AzureDesk(azure.environment(), azure::transport, azure.clock, azure.clock, random));
    line.setExecutionExceptionHandler(
        (problem, at, parsed) -> {
          assertThat(problem).isInstanceOf(CliException.class);
          terminal.tell(problem.getMessage());
          return ((CliException) problem).exitCode().code();
        });
    return line.execute(arguments);
  }

  private List<String> printed() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private String told() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private Map<String, String> tags(String run, int secondsFromNow) {
    return new RunTags(run, azure.clock.instant().plusSeconds(secondsFromNow)).asMap();
  }

  @Test
  void sweepsThisRunByDefault() {
    azure.arm.machine("podvm-mine", tags("run-7", 3600));
    azure.arm.machine("podvm-other", tags("run-8", -3600));

    assertThat(run("sweep")).isZero();

    assertThat(azure.arm.machines()).containsExactly("podvm-other");
    assertThat(printed())
        .contains(
            "deleted VM podvm-mine: it is of the run run-7",
            "sweep: 1 deleted, 1 kept, 0 without tags, 0 failed");
  }

  @Test
  void sweepsWhatHasExpired() {
    azure.arm.machine("podvm-mine", tags("run-7", 3600));
    azure.arm.machine("podvm-other", tags("run-8", -3600));

    assertThat(run("sweep", "--expired")).isZero();

    assertThat(azure.arm.machines()).containsExactly("podvm-mine");
  }

  @Test
  void exitsWithFourWhenAMachineStays() {
    azure.arm.machine("podvm-mine", tags("run-7", 3600));
    azure.arm.fault("DELETE", ".*", FakeArm.error(403, "AuthorizationFailed", "no"), 1);

    assertThat(run("sweep")).isEqualTo(4);
    assertThat(printed()).last().isEqualTo("sweep: 0 deleted, 0 kept, 0 without tags, 1 failed");
  }

  @Test
  void deletesNothingWithoutKnowingWhose() {
    azure.unset("COCOLAB_ARO_RUN_ID");
    azure.arm.machine("podvm-a", tags("run-7", -1));

    assertThat(run("sweep")).isEqualTo(2);
    assertThat(told()).contains("give --run-id ID or --expired; nothing was deleted");
    assertThat(run("sweep", "--expired", "--run-id", "run-7")).isEqualTo(2);
    assertThat(run("sweep", "--run-id", "a b")).isEqualTo(2);
    assertThat(azure.arm.machines()).containsExactly("podvm-a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../x", "-x", "a/b"})
  void refusesARunIdThatIsNoneBeforeAzureIsAsked(String id) {
    azure.arm.fault("GET", ".*", FakeArm.error(403, "AuthorizationFailed", "no"), 9);

    assertThat(run("sweep", "--run-id=" + id)).isEqualTo(2);

    assertThat(told())
        .isEqualToIgnoringNewLines(
            "the run id '%s' must be 1 to 60 letters, digits and hyphens, a letter or digit first"
                .formatted(id));
    assertThat(azure.arm.https().asked()).isEmpty();
  }

  @Test
  void namesAllThatIsMissing() {
    azure.unset("AZURE_SUBSCRIPTION_ID");
    azure.unset("COCOLAB_ARO_CLUSTER");

    assertThat(run("sweep")).isEqualTo(2);
    assertThat(told())
        .contains(
            "the target aro is not configured: set AZURE_SUBSCRIPTION_ID, COCOLAB_ARO_CLUSTER");
  }

  @Test
  void exitsWithFourWhenAzureDoesNotAnswer() {
    azure.arm.close();

    assertThat(run("sweep")).isEqualTo(4);
    assertThat(told()).startsWith("127.0.0.1: ");
  }

  @Test
  void printsALineACheckAndExitsWithFourWhenOneFails() {
    // The fake's kubeconfig leads to no cluster, so the last check fails and the others do not.
    assertThat(run("preflight")).isEqualTo(4);

    assertThat(printed()).hasSize(10);
    assertThat(printed().subList(0, 9)).allMatch(line -> line.contains(": ok: "));
    assertThat(printed().get(9))
        .startsWith("operators' catalogue: FAILED: the cluster's admin kubeconfig is not one");
    assertThat(out + "" + err).doesNotContain("CANARY");
  }

  @Test
  void aSecondPreflightDoesNotMeetTheContainerOfTheFirst() {
    azure.unset("COCOLAB_ARO_RUN_ID");

    run("preflight");
    run("preflight");

    assertThat(printed()).filteredOn("blob account: ok: labaccount is writable"::equals).hasSize(2);
    assertThat(blobs.deleted())
        .hasSize(2)
        .allMatch(name -> name.matches("/cocolab-preflight-[0-9a-f]{8}-by-hand"));
    assertThat(blobs.containers()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(AzureException.Reason.class)
  void tellsAzuresFailuresFromTheProducts(AzureException.Reason reason) {
    int code = AzureDesk.codeOf(reason).code();

    assertThat(code)
        .isEqualTo(
            switch (reason) {
              case NOT_CONFIGURED -> 2;
              case INTERRUPTED -> 130;
              default -> 4;
            });
  }

  @ParameterizedTest
  @CsvSource({"azure,2", "azure sweep,2", "azure preflight,2", "azure sweep --help,0"})
  void isPartOfTheProgram(String arguments, int code) {
    assertThat(CocoLab.run(terminal, Map.of(), List.of(arguments.split(" ")))).isEqualTo(code);
  }
}
