package dev.cocolab.apiserver.kubelet;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.store.ObjectKey;
import dev.cocolab.apiserver.store.ObjectStore;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a node's kubelet listens, as the Node object says.
 *
 * @param host internal IP address
 * @param port TCP port
 */
record KubeletAddress(String host, int port) {
  private static final int DEFAULT_PORT = 10250;

  /**
   * Reads the Node object.
   *
   * @throws ApiException if there is no such node or it has no address
   */
  static KubeletAddress of(ObjectStore store, String name) {
    ObjectNode node =
        store.get(new ObjectKey("nodes", "", name)).orElseThrow(() -> notFound(name)).json();
    String host =
        Trees.objects(node, "status", "addresses").stream()
            .filter(address -> Trees.textOrEmpty(address, "type").equals("InternalIP"))
            .map(address -> Trees.textOrEmpty(address, "address"))
            .findFirst()
            .orElseThrow(
                () -> ApiException.internal("no preferred addresses found; known addresses: []"));
    long port =
        Trees.number(node, "status", "daemonEndpoints", "kubeletEndpoint", "Port")
            .orElse(DEFAULT_PORT);
    return new KubeletAddress(host, (int) port);
  }

  /** The answer is about the pod's resource, with the node's name. */
  private static ApiException notFound(String node) {
    return ApiException.notFound(new ApiException.Subject("", "pods", node));
  }

  String url(String pathAndQuery) {
    return "https://" + host + ":" + port + pathAndQuery;
  }
}
