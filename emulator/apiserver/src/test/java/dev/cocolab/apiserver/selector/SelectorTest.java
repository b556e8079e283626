package dev.cocolab.apiserver.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SelectorTest {
  private static final JsonNode OBJECT =
      Trees.MAPPER.readTree(
          "{\"metadata\":{\"name\":\"p\",\"labels\":{\"app\":\"demo\",\"n\":\"5\",\"a.b/c\":\"\"}},"
              + "\"status\":{\"phase\":\"Running\"},\"spec\":{\"nodeName\":\"n1\"}}");
  private static final ResourceType PODS = new ResourceRegistry().builtIn("", "pods");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "app=demo | true",
        "app==demo | true",
        "app=x | false",
        "app!=x | true",
        "none!=x | true",
        "app in (demo, x) | true",
        "app in (x,y) | false",
        "app notin (x) | true",
        "none notin (x) | true",
        "app | true",
        "!app | false",
        "!none | true",
        "n>4 | true",
        "n<4 | false",
        "app=demo,n=5 | true",
        "app in (demo),!none,n!=6 | true",
        "app=demo,n=6 | false",
        "a.b/c= | true"
      })
  void labels(String selector, boolean matches) {
    assertThat(LabelSelector.parse(selector).matches(OBJECT)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"app in demo", "=x", "a=b=c", "app in (a", "a,,b", "a b", "a=$"})
  void whatIsNoLabelSelectorIsABadRequest(String selector) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_REQUEST));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status.phase=Running | true",
        "status.phase!=Running | false",
        "spec.nodeName=n1,metadata.name=p | true",
        "metadata.name==q | false",
        "spec.hostNetwork=false | true"
      })
  void fields(String selector, boolean matches) {
    assertThat(FieldSelector.parse(selector, PODS).matches(OBJECT)).isEqualTo(matches);
  }

  @Test
  void anUnsupportedFieldIsNamed() {
    assertThatThrownBy(() -> FieldSelector.parse("spec.image=x", PODS))
        .hasMessage("field label not supported: spec.image");
  }

  @Property(tries = 300)
  void parsingEndsInASelectorOrABadRequest(@ForAll String text) {
    try {
      assertThat(LabelSelector.parse(text).requirements()).isNotNull();
    } catch (ApiException e) {
      assertThat(e.reason()).isEqualTo(Reason.BAD_REQUEST);
    }
  }
}
