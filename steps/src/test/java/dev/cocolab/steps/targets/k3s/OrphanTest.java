package dev.cocolab.steps.targets.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which servers in an engine may be removed: those whose process on this machine has ended. */
class OrphanTest {
  private static String withPid(String pid) {
    return K3sServer.owner().replaceFirst("/\\d+/", "/" + pid + "/");
  }

  @Test
  void theServerOfARunningProcessStays() {
    assertThat(K3sServer.isOrphan(K3sServer.owner())).isFalse();
  }

  @Test
  void theServerOfAnEndedProcessGoes() {
    assertThat(K3sServer.isOrphan(withPid("999999999"))).isTrue();
  }

  @Test
  void aNumberThatCameAgainDoesNotKeepIt() {
    String earlier = K3sServer.owner().replaceFirst("/[^/]*$", "/2020-01-01T00:00:00Z");

    assertThat(K3sServer.isOrphan(earlier)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "me", "4711", "other-machine/999999999/2020-01-01T00:00:00Z", "/x/"})
  void whatAnotherMachineOrNobodyKnownMadeStays(String label) {
    assertThat(K3sServer.isOrphan(label)).isFalse();
  }
}
