package dev.cocolab.apiserver.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.schema.ApiTypes;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenApiDocumentsTest {
  private static final String PREFIX = "#/components/schemas/";

  private final OpenApiDocuments documents =
      new OpenApiDocuments(new ResourceRegistry(), new OpenApiSchemas(ApiTypes.load()));

  private JsonNode schema(String document, String name) {
    return Trees.at(documents.document(document).orElseThrow(), "components", "schemas", name);
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    Set<String> missing = new TreeSet<>();
    for (String path : documents.index().path("paths").propertyNames()) {
      JsonNode document = documents.document(path).orElseThrow();
      JsonNode schemas = Trees.at(document, "components", "schemas");
      for (JsonNode reference : document.findValues("$ref")) {
        // one structure has a property of this name
        if (reference.isString() && !schemas.has(reference.stringValue().replace(PREFIX, ""))) {
          missing.add(reference.stringValue());
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void aStructureSaysWhatItRequiresAndHowItIsMerged() {
    JsonNode container = schema("api/v1", "io.k8s.api.core.v1.Container");

    assertThat(Trees.texts(container, "required")).containsExactly("name");
    JsonNode ports = Trees.at(container, "properties", "ports");
    assertThat(Trees.texts(ports, "x-kubernetes-list-map-keys"))
        .containsExactly("containerPort", "protocol");
    assertThat(Trees.textOrEmpty(ports, "x-kubernetes-list-type")).isEqualTo("map");
    assertThat(Trees.textOrEmpty(ports, "x-kubernetes-patch-merge-key")).isEqualTo("containerPort");
    assertThat(Trees.textOrEmpty(container, "properties", "args", "x-kubernetes-list-type"))
        .isEqualTo("atomic");
    assertThat(Trees.texts(container, "properties", "imagePullPolicy", "enum"))
        .containsExactly("Always", "IfNotPresent", "Never");
    assertThat(
            Trees.textOrEmpty(
                schema("api/v1", "io.k8s.api.core.v1.SecretKeySelector"), "x-kubernetes-map-type"))
        .isEqualTo("atomic");
  }

  @Test
  void noBuiltInFieldHasADescription() {
    for (String path : documents.index().path("paths").propertyNames()) {
      JsonNode schemas = Trees.at(documents.document(path).orElseThrow(), "components", "schemas");
      for (JsonNode schema : schemas) {
        assertThat(schema.has("description")).isFalse();
        for (JsonNode property : schema.path("properties")) {
          assertThat(property.has("description") && property.path("description").isString())
              .isFalse();
        }
      }
    }
  }
}
