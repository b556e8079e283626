package dev.cocolab.cli;

import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code status} prints.
 *
 * @param name name of the lab
 * @param pid process id of the JVM that runs it
 * @param kubeconfig path of the cluster admin's kubeconfig
 * @param trusteeUrl base URL of the broker as reached from this machine
 * @param data folder that keeps the cluster; left out when it is in memory
 */
record LabStatus(
    String name, long pid, String kubeconfig, String trusteeUrl, Optional<String> data) {
  String toJson() {
    JsonMapper mapper = JsonMapper.shared();
    ObjectNode json = mapper.createObjectNode();
    json.put("name", name);
    json.put("pid", pid);
    json.put("kubeconfig", kubeconfig);
    json.put("trustee_url", trusteeUrl);
    data.ifPresent(folder -> json.put("data", folder));
    return mapper.writeValueAsString(json);
  }
}
