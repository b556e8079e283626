package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.TreeSize;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.ApiException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How large one object may be where a real server keeps it: etcd takes requests of 1.5 MiB ({@code
 * --max-request-bytes}), and its client sends none above 2 MiB. Both refusals reach the user as a
 * failure (500) without a reason. Bytes of Secrets and ConfigMaps count as such, not as base64,
 * since the real server stores built-in kinds in binary form.
 */
final class SizeLimit {
  static final long REQUEST = 3 * 512 * 1024;
  static final long CALL = 2 * 1024 * 1024;

  private SizeLimit() {}

  /** Throws 500 for an object that etcd would not take. */
  static void require(ResourceType type, ObjectNode object) {
    long size = TreeSize.of(object);
    if (type.is("", "secrets")) {
      size -= spared(object.path("data"));
    } else if (type.is("", "configmaps")) {
      size -= spared(object.path("binaryData"));
    }
    if (size > CALL) {
      throw ApiException.unknown(
          "rpc error: code = ResourceExhausted desc = trying to send message larger than max ("
              + size
              + " vs. "
              + CALL
              + ")");
    }
    if (size > REQUEST) {
      throw ApiException.unknown("etcdserver: request is too large");
    }
  }

  private static long spared(JsonNode encoded) {
    return TreeSize.of(encoded) / 4;
  }
}
