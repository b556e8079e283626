package dev.cocolab.lab.fitness;

import dev.cocolab.lab.LabException;
import java.util.Objects;
import java.util.Optional;

/**
 * One thing a lab needs from the machine.
 *
 * @param name short, for a list
 * @param finding what was found; where it is not fit, a sentence that ends in the remedy
 * @param unfit empty when fit
 */
public record Check(String name, String finding, Optional<LabException.Reason> unfit) {
  public Check {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(finding, "finding");
    Objects.requireNonNull(unfit, "unfit");
  }

  static Check fit(String name, String finding) {
    return new Check(name, finding, Optional.empty());
  }

  static Check unfit(String name, LabException.Reason reason, String finding) {
    return new Check(name, finding, Optional.of(reason));
  }

  public boolean isFit() {
    return unfit.isEmpty();
  }
}
