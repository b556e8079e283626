package dev.cocolab.operators.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.operators.lifecycle.OwnerGraph.Node;
import dev.cocolab.operators.lifecycle.Verdict.Standing;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private final OwnerGraph graph = new OwnerGraph();

  @Test
  void anObjectWithoutOwnersIsKept() {
    assertThat(on(node("a", List.of()))).isInstanceOf(Verdict.Keep.class);
  }

  @Test
  void anObjectWhoseOnlyOwnerIsGoneIsDeletedInTheBackground() {
    assertThat(on(node("a", List.of("gone")))).isEqualTo(new Verdict.Delete("Background"));
  }

  @Test
  void anObjectWithAnotherOwnerLosesOnlyTheReference() {
    graph.put(node("owner", List.of()));
    assertThat(on(node("a", List.of("owner", "gone"))))
        .isEqualTo(new Verdict.Disown(Set.of("gone")));
  }

  @Test
  void anOwnerInAnotherNamespaceDoesNotCount() {
    Node elsewhere =
        new Node("owner", "v1", "ConfigMap", "other", "owner", List.of(), List.of(), false);
    graph.put(elsewhere);
    assertThat(node("a", List.of("owner")).canBeOwnedBy(elsewhere)).isFalse();
  }

  @Test
  void deletionInTheForegroundWaitsForBlockingDependents() {
    Node owner = ending("owner", OwnerGraph.FOREGROUND);
    Node child = node("child", List.of("owner"));
    graph.put(owner);
    graph.put(child);

    assertThat(on(owner)).isEqualTo(new Verdict.Await(List.of(child)));
    assertThat(on(child)).isEqualTo(new Verdict.Delete("Background"));
    graph.remove("child");
    assertThat(on(owner)).isEqualTo(new Verdict.Finish(OwnerGraph.FOREGROUND));
  }

  @Test
  void deletionInTheForegroundIsPassedOnToGrandchildren() {
    graph.put(ending("owner", OwnerGraph.FOREGROUND));
    Node child = node("child", List.of("owner"));
    graph.put(child);
    graph.put(node("grandchild", List.of("child")));
    assertThat(on(child)).isEqualTo(new Verdict.Delete("Foreground"));
  }

  @Test
  void orphansLoseTheirOwnerBeforeItGoes() {
    Node owner = ending("owner", OwnerGraph.ORPHAN);
    Node child = node("child", List.of("owner"));
    graph.put(owner);
    graph.put(child);
    assertThat(on(owner)).isEqualTo(new Verdict.Orphan(List.of(child)));
    graph.put(node("child", List.of()));
    assertThat(on(owner)).isEqualTo(new Verdict.Finish(OwnerGraph.ORPHAN));
  }

  private Verdict on(Node node) {
    return Verdict.on(
        node,
        graph,
        owner ->
            graph
                .find(owner.getUid())
                .map(n -> n.waitsForDependents() ? Standing.WAITING : Standing.PRESENT)
                .orElse(Standing.ABSENT));
  }

  private static Node node(String uid, List<String> owners) {
    return new Node(uid, "v1", "ConfigMap", "default", uid, references(owners), List.of(), false);
  }

  private static Node ending(String uid, String finalizer) {
    return new Node(uid, "v1", "ConfigMap", "default", uid, List.of(), List.of(finalizer), true);
  }

  private static List<OwnerReference> references(List<String> uids) {
    return uids.stream()
        .map(
            uid ->
                new OwnerReferenceBuilder()
                    .withApiVersion("v1")
                    .withKind("ConfigMap")
                    .withName(uid)
                    .withUid(uid)
                    .withBlockOwnerDeletion(true)
                    .build())
        .toList();
  }
}
