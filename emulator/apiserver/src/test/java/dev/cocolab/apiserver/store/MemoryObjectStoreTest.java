package dev.cocolab.apiserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.store.ObjectStore.ExpiredRevision;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class MemoryObjectStoreTest {
  private final MemoryObjectStore store = new MemoryObjectStore(4);

  private static ObjectKey key(String name) {
    return new ObjectKey("pods", "ns", name);
  }

  private static ObjectNode object(String value) {
    return Trees.object().put("value", value);
  }

  private StoredObject create(String name, String value) {
    return store.write(key(name), 0, object(value)).orElseThrow();
  }

  private static List<String> values(ObjectStore.Snapshot snapshot) {
    return snapshot.objects().stream().map(o -> o.json().path("value").stringValue()).toList();
  }

  @Test
  void aWriteWantsTheRevisionThatIsThere() {
    StoredObject first = create("a", "1");

    assertThat(store.write(key("a"), 0, object("x"))).isEmpty();
    assertThat(store.write(key("a"), first.revision() + 1, object("x"))).isEmpty();
    assertThat(store.write(key("a"), first.revision(), object("2"))).isPresent();
    assertThat(store.delete(key("a"), first.revision(), object("x"))).isEmpty();
    assertThat(store.get(key("a")).orElseThrow().json().path("value").stringValue()).isEqualTo("2");
  }

  @Test
  void eachChangeGetsTheNextRevision() {
    StoredObject first = create("a", "1");
    StoredObject second = create("b", "1");

    assertThat(second.revision()).isEqualTo(first.revision() + 1);
    assertThat(second.json().path("metadata").path("resourceVersion").stringValue())
        .isEqualTo(Long.toString(second.revision()));
    assertThat(store.revision()).isEqualTo(second.revision());
  }

  @Test
  void listsOneNamespaceOrAll() {
    create("a", "1");
    store.write(new ObjectKey("pods", "ns2", "b"), 0, object("2"));
    store.write(new ObjectKey("pods.other", "ns", "c"), 0, object("3"));

    assertThat(values(store.list("pods", "ns", OptionalLong.empty()))).containsExactly("1");
    assertThat(values(store.list("pods", ObjectStore.ANY, OptionalLong.empty())))
        .containsExactly("1", "2");
  }

  @Test
  void showsThePast() {
    StoredObject a = create("a", "1");
    StoredObject b = create("b", "1");
    store.write(key("a"), a.revision(), object("2"));
    store.delete(key("b"), b.revision(), object("1"));

    assertThat(values(store.list("pods", "ns", OptionalLong.of(b.revision()))))
        .containsExactly("1", "1");
    assertThat(values(store.list("pods", "ns", OptionalLong.of(a.revision()))))
        .containsExactly("1");
    assertThat(values(store.list("pods", "ns", OptionalLong.empty()))).containsExactly("2");
  }

  @Test
  void aSubscriberSeesThePastThenTheFuture() {
    StoredObject a = create("a", "1");
    StoredObject changed = store.write(key("a"), a.revision(), object("2")).orElseThrow();
    List<Long> seen = new ArrayList<>();

    try (var subscription =
        store.subscribe("pods", "ns", a.revision(), event -> seen.add(event.revision()))) {
      assertThat(subscription).isNotNull();
      store.delete(key("a"), changed.revision(), object("2"));
      store.write(new ObjectKey("pods", "elsewhere", "x"), 0, object("3"));
    }
    create("later", "1");

    assertThat(seen).containsExactly(changed.revision(), changed.revision() + 1);
  }

  @Test
  void theForgottenPastIsExpired() {
    long before = store.revision();
    for (int i = 0; i < 5; i++) {
      create("p" + i, "1");
    }

    assertThatThrownBy(() -> store.subscribe("pods", "ns", before, event -> {}))
        .isInstanceOf(ExpiredRevision.class);
    assertThatThrownBy(() -> store.list("pods", "ns", OptionalLong.of(before)))
        .isInstanceOf(ExpiredRevision.class);
    store.subscribe("pods", "ns", before + 1, event -> {}).close();
  }
}
