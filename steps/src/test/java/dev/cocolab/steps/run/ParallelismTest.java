package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many scenarios run at a time when nobody says it. */
class ParallelismTest {
  @ParameterizedTest
  @CsvSource({
    "1, 6144, 1", "2, 6144, 1", "3, 6144, 1", "4, 6144, 2", "7, 6144, 3", "8, 6144, 4",
    "64, 6144, 4", "64, 128, 1", "64, 319, 1", "64, 320, 2", "64, 384, 3", "64, 448, 4",
  })
  void halfOfTheProcessorsWithinFourAndTheMemory(int processors, long heapMebibytes, int expected) {
    assertThat(Parallelism.fitting(processors, heapMebibytes << 20)).isEqualTo(expected);
  }
}
