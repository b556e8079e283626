package dev.cocolab.reports;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What the page of the measurements is made of.
 *
 * @param measurements of this run, {@code cocolab-performance/1}; a run that measured nothing has
 *     no such file, and no page
 * @param history of earlier runs on this machine; need not be there yet, and is written anew
 */
public record PerformanceInput(Path measurements, Path history) {
  public PerformanceInput {
    Objects.requireNonNull(measurements, "measurements");
    Objects.requireNonNull(history, "history");
  }
}
