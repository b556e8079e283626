package dev.cocolab.azure.control;

import java.time.Duration;

/**
 * One thing to ask of ARM, with the words to complain in.
 *
 * @param method {@code GET}, {@code POST} or {@code DELETE}
 * @param path path and query, below ARM's endpoint; or a whole address that ARM gave
 * @param what completes "may not …" and "cannot …", e.g. {@code "read the cluster c"}
 * @param role the permission or role that allows it
 * @param time for one attempt
 */
record ArmRequest(String method, String path, String what, String role, Duration time) {
  private static final Duration USUAL = Duration.ofSeconds(15);

  static ArmRequest get(String path, String what, String role) {
    return new ArmRequest("GET", path, what, role, USUAL);
  }

  static ArmRequest post(String path, String what, String role) {
    return new ArmRequest("POST", path, what, role, USUAL);
  }

  static ArmRequest delete(String path, String what, String role) {
    return new ArmRequest("DELETE", path, what, role, USUAL);
  }

  ArmRequest at(String address) {
    return new ArmRequest("GET", address, what, role, time);
  }

  ArmRequest taking(Duration longer) {
    return new ArmRequest(method, path, what, role, longer);
  }
}
