package dev.cocolab.azure.control;

import dev.cocolab.azure.control.PodMachines.PodCard;
import dev.cocolab.azure.control.PodMachines.PodMachine;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Joins ARM's list of VMs with its list of network cards, which alone knows the subnets. */
final class PodMachineLists {
  private PodMachineLists() {}

  static PodMachines of(List<JsonNode> machines, List<JsonNode> cards) {
    Map<String, String> subnets = new HashMap<>();
    for (JsonNode card : cards) {
      subnetOf(card).ifPresent(subnet -> subnets.put(key(card), subnet));
    }
    return new PodMachines(
        machines.stream()
            .filter(PodMachineLists::isOfPod)
            .map(item -> machine(item, subnets))
            .toList(),
        cards.stream().filter(PodMachineLists::isOfPod).map(PodMachineLists::card).toList());
  }

  private static boolean isOfPod(JsonNode item) {
    return item.path("name").asString("").startsWith(PodMachines.PREFIX);
  }

  private static String key(JsonNode item) {
    return new ResourceId(item.path("id").asString("")).folded();
  }

  private static PodMachine machine(JsonNode item, Map<String, String> subnets) {
    JsonNode properties = item.path("properties");
    Optional<String> subnet = Optional.empty();
    for (JsonNode card : properties.path("networkProfile").path("networkInterfaces")) {
      if (subnet.isEmpty()) {
        subnet = Optional.ofNullable(subnets.get(key(card)));
      }
    }
    return new PodMachine(
        new ResourceId(item.path("id").asString("")),
        properties.path("hardwareProfile").path("vmSize").asString("unknown"),
        tags(item),
        subnet,
        "ConfidentialVM"
            .equals(properties.path("securityProfile").path("securityType").asString("")),
        time(properties.path("timeCreated").asString("")));
  }

  private static PodCard card(JsonNode item) {
    return new PodCard(
        new ResourceId(item.path("id").asString("")),
        tags(item),
        subnetOf(item),
        !item.path("properties").path("virtualMachine").path("id").asString("").isEmpty());
  }

  private static Optional<String> subnetOf(JsonNode card) {
    for (JsonNode address : card.path("properties").path("ipConfigurations")) {
      String id = address.path("properties").path("subnet").path("id").asString("");
      if (!id.isEmpty()) {
        return Optional.of(id);
      }
    }
    return Optional.empty();
  }

  private static Map<String, String> tags(JsonNode item) {
    Map<String, String> tags = new HashMap<>();
    item.path("tags")
        .properties()
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString("")));
    return tags;
  }

  private static Optional<Instant> time(String text) {
    try {
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
