package dev.cocolab.reports;

import java.nio.file.Path;

/** Makes the report's folder from what Allure wrote. */
public final class SiteBuilder {

  private SiteBuilder() {}

  public static Path build(Path allureResults, Path siteDirectory, RunFacts facts) {
    return siteDirectory.resolve("index.html");
  }
}
