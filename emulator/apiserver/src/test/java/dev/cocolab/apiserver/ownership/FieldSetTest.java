package dev.cocolab.apiserver.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.json.Trees;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The algebra of field sets, and their JSON. */
class FieldSetTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Provide
  Arbitrary<FieldSet> sets() {
    Arbitrary<JsonNode> plain =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 3).map(NODES::numberNode),
            Arbitraries.of("x", "y\"", "").map(NODES::stringNode),
            Arbitraries.of(true, false).map(NODES::booleanNode));
    Arbitrary<PathElement> element =
        Arbitraries.oneOf(
            Arbitraries.of("a", "b", "c", "app.kubernetes.io/name").map(PathElement::name),
            plain.map(PathElement.Value::new),
            plain.map(value -> new PathElement.Key(new TreeMap<>(Map.of("name", value)))),
            Arbitraries.integers().between(0, 2).map(PathElement.Index::new));
    return element
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(FieldPath::new)
        .list()
        .ofMaxSize(12)
        .map(paths -> FieldSet.of(paths.toArray(FieldPath[]::new)));
  }

  @Property
  void unionIsCommutativeAssociativeAndIdempotent(
      @ForAll("sets") FieldSet a, @ForAll("sets") FieldSet b, @ForAll("sets") FieldSet c) {
    assertThat(a.union(b)).isEqualTo(b.union(a));
    assertThat(a.union(b).union(c)).isEqualTo(a.union(b.union(c)));
    assertThat(a.union(a)).isEqualTo(a);
    assertThat(a.union(FieldSet.EMPTY)).isEqualTo(a);
  }

  @Property
  void intersectionIsCommutativeAndDistributes(
      @ForAll("sets") FieldSet a, @ForAll("sets") FieldSet b, @ForAll("sets") FieldSet c) {
    assertThat(a.intersection(b)).isEqualTo(b.intersection(a));
    assertThat(a.intersection(b.union(c))).isEqualTo(a.intersection(b).union(a.intersection(c)));
    assertThat(a.intersection(a)).isEqualTo(a);
  }

  @Property
  void aSetIsWhatItSharesAndWhatItDoesNot(@ForAll("sets") FieldSet a, @ForAll("sets") FieldSet b) {
    assertThat(a.minus(b).union(a.intersection(b))).isEqualTo(a);
    assertThat(a.minus(b).intersection(b)).isEqualTo(FieldSet.EMPTY);
    assertThat(a.minus(a)).isEqualTo(FieldSet.EMPTY);
    assertThat(a.union(b).minus(b)).isEqualTo(a.minus(b));
  }

  @Property
  void membershipFollowsTheOperations(@ForAll("sets") FieldSet a, @ForAll("sets") FieldSet b) {
    for (FieldPath path : a.union(b).paths()) {
      assertThat(a.has(path) || b.has(path)).isTrue();
      assertThat(a.intersection(b).has(path)).isEqualTo(a.has(path) && b.has(path));
      assertThat(a.minus(b).has(path)).isEqualTo(a.has(path) && !b.has(path));
    }
  }

  @Property
  void removalWithAllBelowRemovesAtLeastTheSame(
      @ForAll("sets") FieldSet a, @ForAll("sets") FieldSet b) {
    FieldSet left = a.without(b);

    assertThat(left.minus(a.minus(b))).isEqualTo(FieldSet.EMPTY);
    assertThat(left.union(a.under(b))).isEqualTo(a);
  }

  @Property
  void jsonComesBackTheSame(@ForAll("sets") FieldSet set) {
    JsonNode written = Trees.MAPPER.readTree(FieldsV1.write(set).toString());

    assertThat(FieldsV1.read(written)).isEqualTo(set);
    assertThat(FieldsV1.write(FieldsV1.read(written))).hasToString(written.toString());
  }

  @Test
  void jsonIsAsTheApiHasIt() {
    FieldSet set =
        FieldSet.of(
            FieldPath.of("data"),
            FieldPath.of("data", "k"),
            FieldPath.of("spec").then(FieldSetTest.key("{'name':'c','port':80}")),
            FieldPath.of("metadata", "finalizers").then(value("'x/y'")));

    assertThat(FieldsV1.write(set))
        .hasToString(
            """
            {'f:data':{'.':{},'f:k':{}},\
            'f:metadata':{'f:finalizers':{'v:\\'x/y\\'':{}}},\
            'f:spec':{'k:{\\'name\\':\\'c\\',\\'port\\':80}':{}}}"""
                .replace('\'', '"'));
    assertThat(set.paths().stream().map(FieldPath::toString))
        .containsExactlyInAnyOrder(
            ".data", ".data.k", ".spec[name=\"c\",port=80]", ".metadata.finalizers[=\"x/y\"]");
  }

  private static PathElement key(String json) {
    return PathElement.parse("k:" + json.replace('\'', '"')).orElseThrow();
  }

  private static PathElement value(String json) {
    return PathElement.parse("v:" + json.replace('\'', '"')).orElseThrow();
  }

  @Test
  void stepsOfAKindOfTheFutureArePassedOver() {
    assertThat(FieldsV1.read(Trees.MAPPER.readTree("{\"q:new\":{},\"f:a\":{}}")))
        .isEqualTo(FieldSet.of(FieldPath.of("a")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "fa", "k:[]", "k:{}", "k:{", "i:one", "v:"})
  void stepsThatCannotBeReadAreRefused(String wire) {
    assertThatThrownBy(() -> FieldsV1.read(Trees.object().set(wire, Trees.object())))
        .isInstanceOf(MalformedFieldsException.class);
  }

  @Test
  void numbersAreEqualWhateverTheirForm() {
    assertThat(new PathElement.Value(NODES.numberNode(1)))
        .isEqualByComparingTo(new PathElement.Value(NODES.numberNode(1.0)));
    assertThat(List.of(key("{'a':1}"), key("{'a':1,'b':1}"), key("{'b':0}"))).isSorted();
  }
}
