package dev.cocolab.broker;

import java.util.Objects;

/**
 * Something that is answered.
 *
 * @param path its path; below a plugin's name anything may follow
 * @param method HTTP method
 */
record Endpoint(String path, String method) {
  Endpoint {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(method, "method");
  }
}
