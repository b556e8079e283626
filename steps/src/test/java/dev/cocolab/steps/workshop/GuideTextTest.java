package dev.cocolab.steps.workshop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuideTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "took {seconds}.          | took 0.000073.            | true",
        "took {seconds}.          | took 0.73.                | false",
        "[{time} INFO kbs] x      | [2026-02-25T15:17:00Z INFO kbs] x | true",
        "[{time} INFO kbs] x      | [2026-02-25T15:17:00Z WARN kbs] x | false",
        "200 {bytes}              | 200 1073                  | true",
        "200 {bytes}              | 401 1073                  | false",
        "32 {date} dataset_key    | 32 Feb 25 15:17 dataset_key | true",
        "32 {date} dataset_key    | 33 Feb 25 15:17 dataset_key | false",
        "Status {unknown} code    | Status {unknown} code     | true",
        "a.c                      | abc                       | false"
      })
  void masksWhatDiffersAndNothingElse(String guide, String said, boolean same) {
    assertThat(new GuideText(guide).patterns().get(0).matcher(said).matches()).isEqualTo(same);
  }

  @Test
  void anIdHas64HexadecimalDigits() {
    var pattern = new GuideText("container {id}, with").patterns().get(0);

    assertThat("container " + "0a".repeat(32) + ", with").matches(pattern);
    assertThat("container " + "0a".repeat(31) + ", with").doesNotMatch(pattern);
  }
}
