package dev.cocolab.lab.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackNetworkTest {
  private static final long SEED = 7;

  @Test
  void networkThatIsTakenIsPassedOver() {
    try (LoopbackNetwork one = LoopbackNetwork.claim(new Random(SEED));
        LoopbackNetwork other = LoopbackNetwork.claim(new Random(SEED))) {
      assertThat(other.toString()).isNotEqualTo(one.toString());
      assertThat(one.node().isLoopbackAddress()).isTrue();
      assertThat(one.node().getHostAddress()).endsWith(".1");
      assertThat(one.address(17).getHostAddress())
          .isEqualTo(one.node().getHostAddress().replaceFirst("\\.1$", ".17"));
    }
  }

  @Test
  void networkIsFreeAgainAfterClose() {
    String first;
    try (LoopbackNetwork one = LoopbackNetwork.claim(new Random(SEED))) {
      first = one.toString();
    }
    try (LoopbackNetwork again = LoopbackNetwork.claim(new Random(SEED))) {
      assertThat(again.toString()).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 254, 255})
  void addressOutsideTheHostsIsRefused(int host) {
    try (LoopbackNetwork network = LoopbackNetwork.claim(new Random(SEED))) {
      assertThatThrownBy(() -> network.address(host))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Integer.toString(host));
    }
  }
}
