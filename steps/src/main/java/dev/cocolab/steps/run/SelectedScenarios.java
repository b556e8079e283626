package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import io.cucumber.core.feature.FeatureParser;
import io.cucumber.core.filter.Filters;
import io.cucumber.core.gherkin.Feature;
import io.cucumber.core.gherkin.FeatureParserException;
import io.cucumber.core.options.RuntimeOptions;
import io.cucumber.core.runtime.FeaturePathFeatureSupplier;
import java.util.List;
import java.util.UUID;

/**
 * The features of a run, and how many of their scenarios are wanted.
 *
 * @param features all that were read
 * @param count after paths, lines and tags
 */
record SelectedScenarios(List<Feature> features, int count) {
  SelectedScenarios {
    features = List.copyOf(features);
  }

  /**
   * Reads the features.
   *
   * @throws CliException USAGE when one does not parse
   */
  static SelectedScenarios of(RuntimeOptions options) {
    try {
      List<Feature> features =
          new FeaturePathFeatureSupplier(
                  SelectedScenarios.class::getClassLoader,
                  options,
                  new FeatureParser(UUID::randomUUID))
              .get();
      Filters wanted = new Filters(options);
      long count =
          features.stream()
              .flatMap(feature -> feature.getPickles().stream())
              .filter(wanted)
              .count();
      return new SelectedScenarios(features, Math.toIntExact(count));
    } catch (FeatureParserException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
