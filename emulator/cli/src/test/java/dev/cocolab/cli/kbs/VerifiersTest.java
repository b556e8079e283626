package dev.cocolab.cli.kbs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.evidence.TrustAnchors;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerifiersTest {
  @Test
  void withoutRootsWhatEndsAtNoneIsJudged() {
    TrustAnchors none = new TrustAnchors("none", AmdRoots.of(Map.of()), List.of(), List.of());
    assertThat(Verifiers.of(none, Optional.empty(), Clock.systemUTC(), Stance.compatible()))
        .containsOnlyKeys(Tee.SAMPLE, Tee.SAMPLE_DEVICE, Tee.TPM);
  }
}
