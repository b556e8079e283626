package dev.cocolab.azure.control;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A VM size that a region has.
 *
 * @param name e.g. {@code Standard_DC2as_v5}
 * @param family quota family, e.g. {@code standardDCASv5Family}
 * @param processors virtual processors of one machine; 0 where Azure does not say
 * @param tee {@code SNP} or {@code TDX}; empty for a size without a confidential VM
 * @param restriction why this subscription may not use it here, e.g. {@code
 *     NotAvailableForSubscription}
 */
public record OfferedSize(
    String name,
    String family,
    int processors,
    Optional<String> tee,
    Optional<String> restriction) {

  /** From one item of {@code Microsoft.Compute/skus}, API version 2021-07-01. */
  static OfferedSize of(JsonNode item) {
    String tee = "";
    int processors = 0;
    for (JsonNode capability : item.path("capabilities")) {
      String value = capability.path("value").asString("");
      switch (capability.path("name").asString("")) {
        case "ConfidentialComputingType" -> tee = value;
        case "vCPUs" -> processors = value.matches("\\d{1,5}") ? Integer.parseInt(value) : 0;
        default -> {}
      }
    }
    Optional<String> restriction = Optional.empty();
    for (JsonNode one : item.path("restrictions")) {
      // A zone that is closed still leaves the region's other zones.
      if (!"Zone".equals(one.path("type").asString(""))) {
        restriction = Optional.of(one.path("reasonCode").asString("restricted"));
      }
    }
    return new OfferedSize(
        item.path("name").asString(""),
        item.path("family").asString(""),
        processors,
        Optional.of(tee).filter(text -> !text.isEmpty()),
        restriction);
  }
}
