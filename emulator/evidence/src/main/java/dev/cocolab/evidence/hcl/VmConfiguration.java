package dev.cocolab.evidence.hcl;

import java.util.Locale;
import java.util.UUID;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the host started the VM, as the variable data of a version 1 HCL report states it.
 *
 * @param vmUniqueId written as an upper-case GUID
 */
public record VmConfiguration(
    boolean consoleEnabled, boolean secureBoot, boolean tpmEnabled, UUID vmUniqueId) {

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("console-enabled", consoleEnabled)
        .put("secure-boot", secureBoot)
        .put("tpm-enabled", tpmEnabled)
        .put("vmUniqueId", vmUniqueId.toString().toUpperCase(Locale.ROOT));
  }
}
