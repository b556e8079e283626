package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.DeleteOptions;
import dev.cocolab.apiserver.resource.DryRun;
import dev.cocolab.apiserver.resource.ResourceReader.ListQuery;
import dev.cocolab.apiserver.resource.WriteOptions;
import dev.cocolab.apiserver.resource.WriteOptions.FieldValidation;
import dev.cocolab.apiserver.selector.FieldSelector;
import dev.cocolab.apiserver.selector.LabelSelector;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** The query of a request, with types; throws 400 for values that have none. */
final class Query {
  private static final Duration LONGEST_WATCH = Duration.ofMinutes(50);
  private static final Set<String> TRUE = Set.of("true", "1");
  private static final Set<String> FALSE = Set.of("false", "0", "");

  private final MultiMap parameters;
  private final String method;
  private final String userAgent;

  Query(MultiMap parameters, String method, String userAgent) {
    this.parameters = parameters;
    this.method = method;
    this.userAgent = userAgent;
  }

  String text(String name) {
    String value = parameters.get(name);
    return value == null ? "" : value;
  }

  boolean has(String name) {
    return parameters.contains(name);
  }

  boolean flag(String name) {
    String value = text(name).toLowerCase(Locale.ROOT);
    if (TRUE.contains(value)) {
      return true;
    }
    if (FALSE.contains(value)) {
      return false;
    }
    throw invalid(name, value);
  }

  OptionalLong number(String name) {
    String value = text(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!value.matches("-?\\d{1,18}")) {
      throw ApiException.badRequest("strconv.ParseInt: parsing \"" + value + "\": invalid syntax");
    }
    return OptionalLong.of(Long.parseLong(value));
  }

  private static ApiException invalid(String name, String value) {
    return ApiException.badRequest(
        "invalid value for the query parameter " + name + ": \"" + value + "\"");
  }

  /** What a list shows; throws 422 for what only a watch may ask for. */
  ListQuery list(ResourceType type) {
    if (has("sendInitialEvents")) {
      throw initialEventsOfAList();
    }
    return selection(type);
  }

  /** What a list or a watch shows. */
  ListQuery selection(ResourceType type) {
    long limit = number("limit").orElse(0);
    return new ListQuery(
        LabelSelector.parse(text("labelSelector")),
        FieldSelector.parse(text("fieldSelector"), type),
        (int) Math.max(0, Math.min(limit, Integer.MAX_VALUE)),
        text("continue"),
        text("resourceVersion"),
        text("resourceVersionMatch"));
  }

  /** How long a watch lives. */
  Duration watchLife() {
    long seconds = number("timeoutSeconds").orElse(0);
    Duration wanted = Duration.ofSeconds(seconds);
    return seconds <= 0 || wanted.compareTo(LONGEST_WATCH) > 0 ? LONGEST_WATCH : wanted;
  }

  Optional<Boolean> sendInitialEvents() {
    if (!has("sendInitialEvents")) {
      if (has("resourceVersionMatch")) {
        throw forbiddenInWatch(
            "resourceVersionMatch",
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
      }
      return Optional.empty();
    }
    if (!text("resourceVersionMatch").equals("NotOlderThan")) {
      throw forbiddenInWatch(
          "resourceVersionMatch",
          "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    return Optional.of(flag("sendInitialEvents"));
  }

  private ApiException initialEventsOfAList() {
    List<Cause> causes = new ArrayList<>();
    if (has("resourceVersionMatch") && text("resourceVersion").isEmpty()) {
      causes.add(
          Cause.forbidden(
              "resourceVersionMatch",
              "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    }
    causes.add(Cause.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
    return ApiException.invalid(new ApiException.Subject("meta.k8s.io", "ListOptions", ""), causes);
  }

  private static ApiException forbiddenInWatch(String field, String text) {
    return ApiException.invalid(
        new ApiException.Subject("meta.k8s.io", "ListOptions", ""),
        List.of(Cause.forbidden(field, text)));
  }

  WriteOptions write(Consumer<String> warnings) {
    return write(warnings, false);
  }

  /** Options of a write; throws 422 for those that have no meaning. */
  WriteOptions write(Consumer<String> warnings, boolean apply) {
    WriteParameters.check(parameters, method, apply);
    FieldValidation mode =
        switch (text("fieldValidation")) {
          case "Strict" -> FieldValidation.STRICT;
          case "Ignore" -> FieldValidation.IGNORE;
          default -> FieldValidation.WARN;
        };
    return new WriteOptions(
        parameters.contains("dryRun"), mode, warnings, fieldManager(), apply && flag("force"));
  }

  /** Who says nothing is known by the first part of his user agent. */
  private String fieldManager() {
    String given = text("fieldManager");
    int slash = userAgent.indexOf('/');
    String agent = slash < 0 ? userAgent : userAgent.substring(0, slash);
    return given.isEmpty()
        ? agent.substring(0, Math.min(agent.length(), WriteParameters.LONGEST_NAME))
        : given;
  }

  DeleteOptions delete(DeleteOptions body) {
    Optional<String> policy =
        Optional.of(text("propagationPolicy")).filter(text -> !text.isEmpty());
    return body.with(
        number("gracePeriodSeconds"), policy, DryRun.ofDeletion(parameters.getAll("dryRun")));
  }
}
