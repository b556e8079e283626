package dev.cocolab.steps;

import org.junit.platform.suite.api.IncludeEngines;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** The same scenarios that {@code ./cocolab run} runs, as JUnit sees them. */
@Suite
@IncludeEngines("cucumber")
@SelectPackages("features")
class RunScenariosIT {}
