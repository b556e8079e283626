package dev.cocolab.broker.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.storage.KeyValueStore;
import dev.cocolab.broker.storage.StorageProvider;
import dev.cocolab.protocol.Profile.RegoSyntax;
import dev.cocolab.rego.TraceEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Policies are compiled once for their bytes, and what an operator stores counts at once. */
class PolicyEngineTest {
  private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

  @TempDir Path directory;

  private KeyValueStore store(StorageProvider.Type type) {
    return new StorageProvider(type, directory, directory).open("policies");
  }

  private static String policy(int answer) {
    return "package policy\nanswer := " + answer + "\n";
  }

  private static Evaluation ask(PolicyEngine engine, String id) {
    return engine.evaluate(id, List.of("data.policy.answer"), NOTHING, NOTHING, Optional.empty());
  }

  private static int answer(Evaluation evaluation) {
    return evaluation.result("data.policy.answer").value().orElseThrow().intValue();
  }

  @Test
  void theTraceOfAllRulesIsThatOfEachInTheOrderAskedFor() {
    PolicyEngine engine =
        new PolicyEngine(store(StorageProvider.Type.MEMORY), RegoSyntax.V1, false);
    engine.set("p", "package policy\nz if { 1 == 1 }\na if { 2 == 2 }\n");

    Evaluation evaluation =
        engine.evaluate(
            "p",
            List.of("data.policy.z", "data.policy.none", "data.policy.a"),
            NOTHING,
            NOTHING,
            Optional.empty());

    assertThat(evaluation.trace())
        .extracting(TraceEvent::rule)
        .containsExactly("data.policy.z", "data.policy.a");
    assertThat(evaluation.trace().get(1)).isEqualTo(evaluation.trace("data.policy.a").get(0));
  }

  @Test
  void onePolicyIsCompiledOnce() {
    PolicyEngine engine =
        new PolicyEngine(store(StorageProvider.Type.LOCAL_FS), RegoSyntax.V1, false);
    engine.set("p", policy(1));

    // The text is decoded where the policy is compiled.
    assertThat(ask(engine, "p").source()).isSameAs(ask(engine, "p").source());
  }

  @Test
  void anEditCountsFromTheNextEvaluationOnEvenWithTheSameSizeAndTime() throws Exception {
    PolicyEngine engine =
        new PolicyEngine(store(StorageProvider.Type.LOCAL_FS), RegoSyntax.V1, false);
    Path file = Files.createDirectories(directory.resolve("policies")).resolve("p.rego");
    FileTime time = FileTime.fromMillis(1_700_000_000_000L);
    for (int i = 0; i < 10; i++) {
      Files.writeString(file, policy(i));
      Files.setLastModifiedTime(file, time);
      Evaluation evaluation = ask(engine, "p");
      assertThat(answer(evaluation)).isEqualTo(i);
      assertThat(evaluation.source()).isEqualTo(policy(i));
    }
  }

  @Test
  void aPolicyThatBreaksIsRefusedAndOneThatIsMendedCountsAgain() {
    PolicyEngine engine =
        new PolicyEngine(store(StorageProvider.Type.MEMORY), RegoSyntax.V1, false);
    engine.set("p", policy(1));
    assertThat(answer(ask(engine, "p"))).isEqualTo(1);

    engine.set("p", "package policy\nanswer := {\n");
    assertThat(ask(engine, "p").failure())
        .map(BrokerException::reason)
        .contains(BrokerException.Reason.POLICY_SYNTAX);
    assertThat(ask(engine, "p").failure()).isPresent();

    engine.set("p", policy(2));
    assertThat(answer(ask(engine, "p"))).isEqualTo(2);
  }

  @Test
  void aPolicyThatIsRemovedIsAbsent() {
    KeyValueStore store = store(StorageProvider.Type.MEMORY);
    PolicyEngine engine = new PolicyEngine(store, RegoSyntax.V1, false);
    engine.set("p", policy(1));
    assertThat(answer(ask(engine, "p"))).isEqualTo(1);
    store.delete("p.rego");
    assertThat(ask(engine, "p").failure())
        .map(BrokerException::reason)
        .contains(BrokerException.Reason.POLICY_ABSENT);
  }

  @Test
  void theSameBytesUnderAnotherNameAreAnotherPolicy() {
    PolicyEngine engine =
        new PolicyEngine(store(StorageProvider.Type.MEMORY), RegoSyntax.V1, false);
    engine.set("p", policy(1));
    engine.set("q", policy(1));
    assertThat(ask(engine, "p").trace("data.policy.answer"))
        .allSatisfy(event -> assertThat(event.module()).isEqualTo("p.rego"));
    assertThat(ask(engine, "q").file()).isEqualTo("q.rego");
    assertThat(ask(engine, "q").source()).isNotSameAs(ask(engine, "p").source());
  }

  @Test
  void theOldestCompiledPolicyGivesWay() {
    PolicyEngine engine =
        new PolicyEngine(store(StorageProvider.Type.MEMORY), RegoSyntax.V1, false);
    for (int i = 0; i <= PolicyEngine.KEPT; i++) {
      engine.set("p" + i, policy(i));
    }
    String first = ask(engine, "p0").source();
    String second = ask(engine, "p1").source();
    for (int i = 2; i <= PolicyEngine.KEPT; i++) {
      ask(engine, "p" + i);
    }
    assertThat(ask(engine, "p1").source()).isSameAs(second);
    Evaluation again = ask(engine, "p0");
    assertThat(again.source()).isEqualTo(first).isNotSameAs(first);
    assertThat(answer(again)).isZero();
  }

  @Test
  void eachEvaluationAsksForItsOwnReferenceValues() {
    PolicyEngine engine = new PolicyEngine(store(StorageProvider.Type.MEMORY), RegoSyntax.V1, true);
    engine.set("p", "package policy\nanswer := query_reference_value(\"svn\")\n");
    for (int i = 0; i < 3; i++) {
      JsonNode value = JsonNodeFactory.instance.numberNode(i);
      Evaluation evaluation =
          engine.evaluate(
              "p",
              List.of("data.policy.answer"),
              NOTHING,
              NOTHING,
              Optional.of(args -> args.get(0).asString().equals("svn") ? value : null));
      assertThat(answer(evaluation)).isEqualTo(i);
    }
    assertThat(ask(engine, "p").result("data.policy.answer").value())
        .hasValueSatisfying(value -> assertThat(value.isNull()).isTrue());
  }

  @Test
  void whoEvaluatesDuringEditsGetsTheAnswerOfTheTextHeRead() throws Exception {
    PolicyEngine engine =
        new PolicyEngine(store(StorageProvider.Type.LOCAL_FS), RegoSyntax.V1, false);
    engine.set("p", policy(0));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> checks = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        Callable<Integer> check =
            () -> {
              int distinct = 0;
              int last = -1;
              for (int i = 0; i < 500; i++) {
                Evaluation evaluation = ask(engine, "p");
                assertThat(evaluation.source()).isEqualTo(policy(answer(evaluation)));
                distinct += answer(evaluation) == last ? 0 : 1;
                last = answer(evaluation);
              }
              return distinct;
            };
        checks.add(threads.submit(check));
      }
      for (int i = 1; checks.stream().anyMatch(check -> !check.isDone()); i++) {
        engine.set("p", policy(i % 10));
        assertThat(answer(ask(engine, "p"))).isEqualTo(i % 10);
      }
      for (Future<Integer> check : checks) {
        assertThat(check.get()).isPositive();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
