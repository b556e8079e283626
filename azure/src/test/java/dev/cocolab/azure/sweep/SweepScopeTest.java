package dev.cocolab.azure.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.control.PodMachines.PodMachine;
import dev.cocolab.azure.control.ResourceId;
import dev.cocolab.azure.fakes.FakeArm;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SweepScopeTest {
  private static final Instant NOW = Instant.parse("2026-11-30T21:00:00Z");

  private static PodMachine machine(
      String name, String group, Optional<String> subnet, Map<String, String> tags) {
    return new PodMachine(
        new ResourceId(
            "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Compute/virtualMachines/%s"
                .formatted(FakeArm.SUBSCRIPTION, group, name)),
        "Standard_DC2as_v5",
        tags,
        subnet,
        true,
        Optional.empty());
  }

  /** Each combination of right and wrong: only the one in which all is right is deleted. */
  @Test
  void wantsAllOfPrefixGroupSubnetAndTags() {
    for (boolean ofRun : new boolean[] {true, false}) {
      SweepScope scope =
          new SweepScope(
              FakeArm.MANAGED,
              FakeArm.SUBNET,
              ofRun ? Optional.of("run-7") : Optional.empty(),
              NOW);
      int deleted = 0;
      for (int bits = 0; bits < 64; bits++) {
        Map<String, String> tags = new HashMap<>();
        if ((bits & 8) != 0) {
          tags.put("run-id", "run-7");
        }
        if ((bits & 16) != 0) {
          tags.put("created-by", "cocolab");
        }
        if ((bits & 32) != 0) {
          tags.put("expires-at", "2026-11-30T20:59:59Z");
        }
        boolean place = (bits & 7) == 7;
        boolean tagged = ofRun ? (bits & 24) == 24 : (bits & 48) == 48;
        PodMachine one =
            machine(
                (bits & 1) != 0 ? "podvm-a" : "vm-a",
                (bits & 2) != 0 ? "ARO-MANAGED" : "other",
                (bits & 4) != 0 ? Optional.of(FakeArm.SUBNET) : Optional.empty(),
                tags);

        SweepScope.Choice choice = scope.judge(one).choice();

        assertThat(choice == SweepScope.Choice.DELETE)
            .as("run mode %s, combination %s", ofRun, Integer.toBinaryString(bits))
            .isEqualTo(place && tagged);
        deleted += choice == SweepScope.Choice.DELETE ? 1 : 0;
      }
      assertThat(deleted).isPositive();
    }
  }

  @Test
  void doesNotTakeTheSecondOfExpiryForExpired() {
    SweepScope scope = new SweepScope(FakeArm.MANAGED, FakeArm.SUBNET, Optional.empty(), NOW);

    assertThat(
            scope
                .judge(
                    machine(
                        "podvm-a",
                        FakeArm.MANAGED,
                        Optional.of(FakeArm.SUBNET),
                        new RunTags("r", NOW).asMap()))
                .choice())
        .isEqualTo(SweepScope.Choice.KEEP);
  }

  @Test
  void needsToKnowWhereItSweeps() {
    assertThatThrownBy(() -> new SweepScope("", FakeArm.SUBNET, Optional.of("r"), NOW))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SweepScope("g", " ", Optional.of("r"), NOW))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SweepScope("g", "s", Optional.of(""), NOW))
        .isInstanceOf(AzureException.class);
  }
}
