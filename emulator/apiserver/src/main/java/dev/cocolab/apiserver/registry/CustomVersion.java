package dev.cocolab.apiserver.registry;

import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a CustomResourceDefinition says about one version.
 *
 * @param listKind kind of lists
 * @param schema the version's {@code openAPIV3Schema}; not to be changed
 * @param printerColumns its {@code additionalPrinterColumns}
 * @param selectableFields JSON paths usable in field selectors, for example {@code .spec.color}
 */
public record CustomVersion(
    String listKind,
    ObjectNode schema,
    List<ObjectNode> printerColumns,
    List<String> selectableFields) {
  public CustomVersion {
    Objects.requireNonNull(listKind, "listKind");
    Objects.requireNonNull(schema, "schema");
    printerColumns = List.copyOf(printerColumns);
    selectableFields = List.copyOf(selectableFields);
  }
}
