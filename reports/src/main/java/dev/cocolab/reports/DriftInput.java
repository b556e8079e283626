package dev.cocolab.reports;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Two folders of recordings, {@code *.json} each, of the format {@code cocolab-recording/1}.
 *
 * @param real what real targets once answered; a folder for each target, or files at once
 * @param own what the target of this run answered
 */
public record DriftInput(Path real, Path own) {
  public DriftInput {
    Objects.requireNonNull(real, "real");
    Objects.requireNonNull(own, "own");
  }
}
