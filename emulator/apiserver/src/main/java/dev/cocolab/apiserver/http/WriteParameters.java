package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.resource.DryRun;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Checks the query parameters of a write (meta/v1 CreateOptions, UpdateOptions, PatchOptions). */
final class WriteParameters {
  /** Bytes in the name of a field manager. */
  static final int LONGEST_NAME = 128;

  private static final Set<String> VALIDATIONS = Set.of("", "Ignore", "Strict", "Warn");

  private WriteParameters() {}

  /** Throws 422 with everything that is wrong. */
  static void check(MultiMap parameters, String method, boolean apply) {
    List<Cause> causes = new ArrayList<>();
    String manager = text(parameters, "fieldManager");
    if (apply && manager.isEmpty()) {
      causes.add(Cause.required("fieldManager", "is required for apply patch"));
    }
    if (method.equals("PATCH") && !apply && parameters.contains("force")) {
      causes.add(Cause.forbidden("force", "may not be specified for non-apply patch"));
    }
    manager(manager, causes);
    DryRun.fault(parameters.getAll("dryRun")).ifPresent(causes::add);
    String validation = text(parameters, "fieldValidation");
    if (!VALIDATIONS.contains(validation)) {
      causes.add(
          Cause.notSupported(
              "fieldValidation", validation, List.of("", "Ignore", "Strict", "Warn")));
    }
    if (!causes.isEmpty()) {
      throw ApiException.invalid(
          new ApiException.Subject("meta.k8s.io", options(method), ""), causes);
    }
  }

  private static void manager(String manager, List<Cause> causes) {
    if (manager.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      causes.add(
          new Cause(
              "FieldValueTooLong",
              "Too long: may not be more than " + LONGEST_NAME + " bytes",
              "fieldManager"));
    }
    for (int i = 0; i < manager.length(); i++) {
      char c = manager.charAt(i);
      if (Character.isISOControl(c)) {
        causes.add(
            Cause.invalid(
                "fieldManager",
                manager,
                "invalid character U+%04X (at position %d)".formatted((int) c, i)));
      }
    }
  }

  private static String text(MultiMap parameters, String name) {
    String value = parameters.get(name);
    return value == null ? "" : value;
  }

  private static String options(String method) {
    return switch (method) {
      case "PUT" -> "UpdateOptions";
      case "PATCH" -> "PatchOptions";
      default -> "CreateOptions";
    };
  }
}
