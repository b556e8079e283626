package dev.cocolab.apiserver.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.schema.BuiltInShapes;
import dev.cocolab.apiserver.schema.CustomShapes;
import dev.cocolab.apiserver.schema.TypeShape;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Merging and removing, by shape; JSON stands with single quotes. */
class StructuredMergeTest {
  private static final TypeShape SHAPE =
      new CustomShapes(new BuiltInShapes(ApiTypes.load()))
          .object(
              json(
                  "{'type':'object','properties':{'a':{'type':'string'},'n':{'type':'integer'},"
                      + "'set':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}},"
                      + "'list':{'type':'array','items':{'type':'string'}},"
                      + "'map':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':"
                      + "['k','p'],'items':{'type':'object','properties':{'k':{'type':'string'},"
                      + "'p':{'type':'string','default':'TCP'},'v':{'type':'integer'}}}},"
                      + "'whole':{'type':'object','x-kubernetes-map-type':'atomic',"
                      + "'additionalProperties':{'type':'string'}},"
                      + "'parts':{'type':'object','additionalProperties':{'type':'string'}},"
                      + "'free':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}}"));

  private static JsonNode json(String text) {
    return Trees.MAPPER.readTree(text.replace('\'', '"'));
  }

  private static String text(JsonNode node) {
    return node.toString().replace('"', '\'');
  }

  @Test
  void longListsAreMergedInNoTime() {
    ObjectNode live = Trees.object();
    live.putArray("set").add("first");
    ObjectNode applied = Trees.object();
    ArrayNode many = applied.putArray("set");
    for (int i = 0; i < 60_000; i++) {
      many.add("element " + i);
    }

    JsonNode merged =
        assertTimeoutPreemptively(
            Duration.ofSeconds(5), () -> StructuredMerge.merge(SHAPE, live, applied));

    assertThat(merged.path("set")).hasSize(60_001);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // plain values: the applier's stands
        "{'a':'1'} | {'a':'2'} | {'a':'2'}",
        "{'a':'1'} | {'n':1} | {'a':'1','n':1}",
        "{'a':'1'} | {'a':null} | {'a':null}",
        // sets: the applier's order for what both have
        "{'set':['a','b']} | {'set':['c']} | {'set':['a','b','c']}",
        "{'set':['a','b']} | {'set':['b','a']} | {'set':['b','a']}",
        "{'set':['x','a','y','b']} | {'set':['b','a']} | {'set':['x','y','b','a']}",
        "{'set':['a','b']} | {'set':['a','c','b']} | {'set':['a','c','b']}",
        "{'set':['a','x','b']} | {'set':['n','b']} | {'set':['a','x','n','b']}",
        // lists by key: elements are merged
        "{'map':[{'k':'a','p':'TCP','v':1}]} | {'map':[{'k':'a','p':'TCP','v':2}]}"
            + " | {'map':[{'k':'a','p':'TCP','v':2}]}",
        "{'map':[{'k':'a','p':'TCP','v':1}]} | {'map':[{'k':'a','v':2}]}"
            + " | {'map':[{'k':'a','p':'TCP','v':2}]}",
        "{'map':[{'k':'a','p':'TCP','v':1}]} | {'map':[{'k':'a','p':'UDP'}]}"
            + " | {'map':[{'k':'a','p':'TCP','v':1},{'k':'a','p':'UDP'}]}",
        "{'map':[{'k':'a'},{'k':'a','v':2}]} | {'map':[{'k':'a','v':3}]} | {'map':[{'k':'a','v':3}]}",
        // what is atomic is replaced as a whole
        "{'list':['a','b']} | {'list':['c']} | {'list':['c']}",
        "{'whole':{'a':'1'}} | {'whole':{'b':'2'}} | {'whole':{'b':'2'}}",
        "{'parts':{'a':'1'}} | {'parts':{'b':'2'}} | {'parts':{'a':'1','b':'2'}}",
        // of what nothing is known, maps are merged and lists are not
        "{'free':{'m':{'a':1},'l':[1]}} | {'free':{'m':{'b':2},'l':[2]}}"
            + " | {'free':{'m':{'a':1,'b':2},'l':[2]}}",
        "{'free':{'x':{'a':1}}} | {'free':{'x':'plain'}} | {'free':{'x':'plain'}}"
      })
  void anApplierComesOnTop(String live, String applied, String merged) {
    assertThat(text(StructuredMerge.merge(SHAPE, json(live), json(applied)))).isEqualTo(merged);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':'1','n':1} | {'f:a':{}} | {'n':1}",
        "{'set':['a','b']} | {'f:set':{'v:\\'a\\'':{}}} | {'set':['b']}",
        "{'set':['a']} | {'f:set':{'v:\\'a\\'':{}}} | {'set':null}",
        "{'map':[{'k':'a','v':1},{'k':'b','v':1}]}"
            + " | {'f:map':{'k:{\\'k\\':\\'a\\',\\'p\\':\\'TCP\\'}':{'.':{}}}} | {'map':[{'k':'b','v':1}]}",
        "{'map':[{'k':'a','v':1}]}"
            + " | {'f:map':{'k:{\\'k\\':\\'a\\',\\'p\\':\\'TCP\\'}':{'f:v':{}}}} | {'map':[{'k':'a'}]}",
        "{'free':{'m':{'a':1,'b':2}}} | {'f:free':{'f:m':{'f:a':{}}}} | {'free':{'m':{'b':2}}}"
      })
  void whatIsNamedIsTakenOut(String value, String gone, String left) {
    assertThat(text(ItemRemoval.remove(SHAPE, json(value), FieldsV1.read(json(gone)))))
        .isEqualTo(left);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':'1'} | {'a':'1'} | [] | [] | []",
        "{'a':'1'} | {'a':'2'} | [] | [.a] | []",
        "{} | {'parts':{'x':'1'}} | [.parts, .parts.x] | [] | []",
        "{'parts':{'x':'1'}} | {'parts':{}} | [] | [] | [.parts.x]",
        "{'parts':{}} | {'parts':null} | [] | [.parts] | []",
        "{'set':['a']} | {'set':['b']} | [.set[='b']] | [] | [.set[='a']]",
        "{'n':1} | {'n':1.0} | [] | [] | []",
        "{'list':['a']} | {'list':['a','b']} | [] | [.list] | []",
        "{'map':[{'k':'a'}]} | {'map':[{'k':'a','v':1}]} | [.map[k='a',p='TCP'].v] | [] | []"
      })
  void aComparisonTellsWhatWasAddedModifiedAndRemoved(
      String before, String after, String added, String modified, String removed) {
    Comparison comparison = Comparison.of(SHAPE, json(before), json(after));

    assertThat(comparison.added().toString().replace('"', '\'')).isEqualTo(added);
    assertThat(comparison.modified().toString().replace('"', '\'')).isEqualTo(modified);
    assertThat(comparison.removed().toString().replace('"', '\'')).isEqualTo(removed);
  }
}
