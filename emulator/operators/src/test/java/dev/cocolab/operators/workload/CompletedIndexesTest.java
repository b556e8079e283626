package dev.cocolab.operators.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletedIndexesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|",
        "3|3",
        "0,1|0 1",
        "0-2|0 1 2",
        "1,3-5,7|1 3 4 5 7",
        "0,1,4-6,8,9|0 1 4 5 6 8 9"
      })
  void isWrittenAsKubernetesWritesIt(String text, String indexes) {
    List<Integer> numbers =
        indexes == null
            ? List.of()
            : List.of(indexes.split(" ")).stream().map(Integer::valueOf).toList();

    assertThat(CompletedIndexes.format(numbers)).isEqualTo(text);
    assertThat(CompletedIndexes.parse(text, 100)).containsExactlyElementsOf(numbers);
  }

  @ParameterizedTest
  @CsvSource({"'0-999999999',3", "'x,-1,0,1-,2;3',3", "'0,1,2,3,4',3"})
  void whatIsNoIndexOfTheJobIsLeftOut(String text, int completions) {
    assertThat(CompletedIndexes.parse(text, completions)).allMatch(i -> i >= 0 && i < completions);
  }

  @Property
  void readsWhatItWrites(@ForAll Set<@IntRange(min = 0, max = 300) Integer> indexes) {
    assertThat(CompletedIndexes.parse(CompletedIndexes.format(indexes), 301))
        .isEqualTo(new TreeSet<>(indexes));
  }
}
