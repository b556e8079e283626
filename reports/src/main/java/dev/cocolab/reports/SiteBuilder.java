package dev.cocolab.reports;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Makes the report of a run: {@code index.html}, one page that needs nothing else and opens from
 * disk, and {@code run.json}, the same in short for programs.
 *
 * <p>The input is the folder that Allure's adapters write: {@code *-result.json}, {@code
 * *-container.json} and attachments. The same input gives the same bytes. Results that are missing
 * or cannot be read do not stop the report; it says what is missing.
 */
public final class SiteBuilder {

  /** Attachments shown in a page, all together. */
  private static final long ATTACHMENT_BUDGET = 16L << 20;

  private static final String DRIFT = "drift.html";

  private static final String PERFORMANCE = "performance.html";

  private SiteBuilder() {}

  /**
   * Writes the report; older files of these names are replaced.
   *
   * @param siteDirectory created if it is not there
   * @return the page
   * @throws ReportException if the folder cannot be written to
   */
  public static Path build(Path allureResults, Path siteDirectory, RunFacts facts) {
    return build(allureResults, siteDirectory, facts, Optional.empty(), Optional.empty());
  }

  /**
   * As {@link #build(Path, Path, RunFacts)}, with {@value #DRIFT} beside it: what real targets once
   * answered against what this run's target answered.
   */
  public static Path build(
      Path allureResults, Path siteDirectory, RunFacts facts, DriftInput recordings) {
    return build(allureResults, siteDirectory, facts, Optional.of(recordings), Optional.empty());
  }

  /**
   * As the other one, with {@value #PERFORMANCE} beside it, where the run has measured something;
   * the history of measurements is added to.
   */
  public static Path build(
      Path allureResults,
      Path siteDirectory,
      RunFacts facts,
      DriftInput recordings,
      PerformanceInput performance) {
    return build(
        allureResults, siteDirectory, facts, Optional.of(recordings), Optional.of(performance));
  }

  private static Path build(
      Path allureResults,
      Path siteDirectory,
      RunFacts facts,
      Optional<DriftInput> recordings,
      Optional<PerformanceInput> performance) {
    Optional<PerformanceInput> measured =
        performance.filter(input -> Files.exists(input.measurements()));
    Results results = ResultsReader.read(allureResults);
    String page =
        new PageWriter(results, facts, new AttachmentFiles(allureResults, ATTACHMENT_BUDGET))
            .page(recordings.map(any -> DRIFT), measured.map(any -> PERFORMANCE));
    try {
      Files.createDirectories(siteDirectory);
      if (recordings.isPresent()) {
        write(
            siteDirectory.resolve(DRIFT),
            new DriftPage(Drift.of(recordings.get()), facts, new Redaction(results.hosts()))
                .page());
      }
      Path numbers = siteDirectory.resolve(PERFORMANCE);
      if (measured.isPresent()) {
        write(numbers, performance(measured.get(), new Redaction(results.hosts())));
      } else {
        // One of an earlier run would be taken for this one's.
        Files.deleteIfExists(numbers);
      }
      write(siteDirectory.resolve("run.json"), RunSummary.of(results, facts));
      return write(siteDirectory.resolve("index.html"), page);
    } catch (IOException e) {
      throw new ReportException(
          ReportException.Reason.NOT_WRITABLE,
          "the report cannot be written to " + siteDirectory,
          e);
    }
  }

  private static String performance(PerformanceInput input, Redaction redaction)
      throws IOException {
    Optional<Performance> measured = PerformanceReader.read(input.measurements());
    PerformanceHistory history = PerformanceHistory.read(input.history());
    if (measured.isPresent()) {
      history = history.with(PerformanceHistory.Entry.of(measured.get()));
      history.write(input.history());
    }
    return new PerformancePage(measured, history, redaction).page();
  }

  private static Path write(Path file, String text) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.write(part, text.getBytes(StandardCharsets.UTF_8));
      return Files.move(
          part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
