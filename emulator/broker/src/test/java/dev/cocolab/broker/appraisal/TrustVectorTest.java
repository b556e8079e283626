package dev.cocolab.broker.appraisal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.broker.appraisal.TrustVector.Tier;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;

class TrustVectorTest {
  @ParameterizedTest
  @CsvSource({
    "-128, CONTRAINDICATED",
    "-97, CONTRAINDICATED",
    "-96, WARNING",
    "-33, WARNING",
    "-32, AFFIRMING",
    "-2, AFFIRMING",
    "-1, NONE",
    "0, NONE",
    "1, NONE",
    "2, AFFIRMING",
    "31, AFFIRMING",
    "32, WARNING",
    "95, WARNING",
    "96, CONTRAINDICATED",
    "127, CONTRAINDICATED"
  })
  void valuesFallIntoTheTiersOfTheStandard(int value, Tier tier) {
    assertThat(Tier.of(value)).isEqualTo(tier);
  }

  @Test
  void theWorstTierIsTheStatus() {
    assertThat(new TrustVector(Map.of("hardware", 2, "executables", 33)).status())
        .isEqualTo(Tier.WARNING);
    assertThat(new TrustVector(Map.of("hardware", 97, "executables", 33)).status())
        .isEqualTo(Tier.CONTRAINDICATED);
    assertThat(TrustVector.zero().status()).isEqualTo(Tier.NONE);
  }

  @Test
  void valuesBeyondEightBitsWrap() {
    var claims = JsonNodeFactory.instance.objectNode().put("hardware", 258);

    assertThat(TrustVector.of(claims).claims()).containsEntry("hardware", 2);
  }
}
