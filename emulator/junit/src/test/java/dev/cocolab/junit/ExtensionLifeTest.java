package dev.cocolab.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.cocolab.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs test classes of other projects' kind and looks at what became of them. */
class ExtensionLifeTest {
  private static final List<URI> SEEN = new ArrayList<>();

  @Test
  void perClassGivesMethodsAndNestedClassesTheSame() {
    SEEN.clear();

    assertThat(run(OnePerClass.class).values())
        .allMatch(r -> r.getStatus() == TestExecutionResult.Status.SUCCESSFUL);

    assertThat(SEEN).hasSize(3);
    assertThat(new HashSet<>(SEEN)).hasSize(1);
  }

  @Test
  void perMethodGivesEachAnother() {
    SEEN.clear();

    assertThat(run(OnePerMethod.class).values())
        .allMatch(r -> r.getStatus() == TestExecutionResult.Status.SUCCESSFUL);

    assertThat(SEEN).hasSize(2);
    assertThat(new HashSet<>(SEEN)).hasSize(2);
  }

  @Test
  void unfitMachineAbortsWithTheReason() {
    TestExecutionResult result = run(OnAFile.class).get(OnAFile.class.getName());

    assertThat(result.getStatus()).isEqualTo(TestExecutionResult.Status.ABORTED);
    assertThat(result.getThrowable().orElseThrow())
        .hasMessageContaining("no lab on this machine")
        .hasMessageContaining("set COCOLAB_HOME elsewhere");
  }

  @Test
  void unfitMachineFailsWhenAskedTo() {
    TestExecutionResult result = run(OnAFileFailing.class).get(OnAFileFailing.class.getName());

    assertThat(result.getStatus()).isEqualTo(TestExecutionResult.Status.FAILED);
    assertThat(result.getThrowable().orElseThrow())
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("set COCOLAB_HOME elsewhere");
  }

  private static Map<String, TestExecutionResult> run(Class<?> tests) {
    Map<String, TestExecutionResult> results = new TreeMap<>();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .configurationParameter("junit.platform.output.capture.stdout", "false")
                .build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                results.put(test.getLegacyReportingName(), result);
              }
            });
    return results;
  }

  /** No folder can be made below a file. */
  private static Path belowAFile() {
    try {
      return Files.createTempFile("cocolab-no-home-", "").resolve("home");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static class OnePerClass {
    @RegisterExtension static final TrusteeExtension TRUSTEE = TrusteeExtension.builder().build();

    @Test
    void one() {
      SEEN.add(TRUSTEE.trustee().url());
    }

    @Test
    void two(Trustee trustee) {
      SEEN.add(trustee.url());
    }

    @Nested
    class Inside {
      @Test
      void three(Trustee trustee) {
        SEEN.add(trustee.url());
      }
    }
  }

  static class OnePerMethod {
    @RegisterExtension
    static final TrusteeExtension TRUSTEE =
        TrusteeExtension.builder().lifecycle(Lifecycle.PER_METHOD).build();

    @Test
    void one(Trustee trustee) {
      assertThat(TRUSTEE.trustee()).isSameAs(trustee);
      SEEN.add(trustee.url());
    }

    @Test
    void two(Trustee trustee) {
      SEEN.add(trustee.url());
    }
  }

  static class OnAFile {
    @RegisterExtension
    static final CocoLabExtension LAB = CocoLabExtension.builder().home(belowAFile()).build();

    @Test
    void neverRuns(Lab lab) {
      throw new AssertionError("ran with " + lab.apiUrl());
    }
  }

  static class OnAFileFailing {
    @RegisterExtension
    static final CocoLabExtension LAB =
        CocoLabExtension.builder().home(belowAFile()).whenUnfit(WhenUnfit.FAIL).build();

    @Test
    void neverRuns(Lab lab) {
      throw new AssertionError("ran with " + lab.apiUrl());
    }
  }
}
