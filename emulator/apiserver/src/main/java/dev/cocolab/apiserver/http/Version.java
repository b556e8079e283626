package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.json.Trees;
import tools.jackson.databind.node.ObjectNode;

/** The version of Kubernetes whose API this server speaks. */
final class Version {
  private Version() {}

  static ObjectNode document() {
    return Trees.object()
        .put("major", "1")
        .put("minor", "32")
        .put("gitVersion", "v1.32.0+cocolab")
        .put("gitCommit", "")
        .put("gitTreeState", "clean")
        .put("buildDate", "2026-01-01T00:00:00Z")
        .put("goVersion", "none")
        .put("compiler", "javac")
        .put("platform", "linux/" + System.getProperty("os.arch"));
  }
}
