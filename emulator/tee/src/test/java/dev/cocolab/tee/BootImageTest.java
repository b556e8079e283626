package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootImageTest {

  private static final String ZERO = "00".repeat(32);

  @Test
  void registersOfOptionRomsHoldTheSeparatorOnly() {
    String separator = "3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969";

    assertThat(BootImage.defaultPodVm().pcrHex(2)).isEqualTo(separator);
    assertThat(BootImage.defaultPodVm().pcrHex(3)).isEqualTo(separator);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5, 6, 7, 9, 11, 12, 14})
  void measuredRegistersDifferFromReset(int pcr) {
    assertThat(BootImage.defaultPodVm().pcrHex(pcr)).isNotEqualTo(ZERO);
    assertThat(BootImage.defaultPodVm().pcrs()).containsKey(pcr);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 10, 13, 15, 16, 23})
  void registersOfTheGuestAreUntouched(int pcr) {
    assertThat(BootImage.defaultPodVm().pcrHex(pcr)).isEqualTo(ZERO);
  }

  @Test
  void sameImageOnEveryMachine() {
    assertThat(BootImage.defaultPodVm()).isEqualTo(BootImage.defaultPodVm());
    assertThat(BootImage.defaultPodVm().pcrHex(11))
        .isEqualTo("97725e33e24fda1a2a6c7b743c410238a947f1511517a9bca92a28c3e877391a");
    assertThat(BootImage.defaultPodVm().launchMeasurement()).hasSize(48);
  }

  @Test
  void changedImageDiffersInWhatWasChanged() {
    BootImage changed = BootImage.defaultPodVm().withPcr(11, new byte[32]);

    assertThat(changed).isNotEqualTo(BootImage.defaultPodVm());
    assertThat(changed.pcrHex(11)).isEqualTo(ZERO);
    assertThat(changed.pcrHex(12)).isEqualTo(BootImage.defaultPodVm().pcrHex(12));
    assertThat(BootImage.defaultPodVm().withLaunchMeasurement(new byte[48]))
        .isNotEqualTo(BootImage.defaultPodVm());
  }

  @Test
  void arraysAreNotShared() {
    BootImage image = BootImage.defaultPodVm();
    image.pcrs().get(11)[0] ^= 1;
    image.launchMeasurement()[0] ^= 1;

    assertThat(image).isEqualTo(BootImage.defaultPodVm());
  }

  @Test
  void otherSizesAreNoMeasurements() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BootImage("x", Map.of(), new byte[32]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BootImage("x", Map.of(0, new byte[48]), new byte[48]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BootImage("x", Map.of(24, new byte[32]), new byte[48]));
  }
}
