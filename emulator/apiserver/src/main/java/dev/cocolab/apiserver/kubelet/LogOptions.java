package dev.cocolab.apiserver.kubelet;

import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.ApiException.Subject;
import dev.cocolab.apiserver.status.Cause;
import io.vertx.core.MultiMap;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What the query of a log request may say (core/v1 PodLogOptions). */
final class LogOptions {
  private static final String NOT_POSITIVE = "must be greater than 0";

  private LogOptions() {}

  /**
   * Checks the numbers as the API server does before it looks for the container.
   *
   * @param pod name of the pod, for the answer
   * @throws ApiException BAD_REQUEST for what is no number of 64 bits, INVALID for one out of range
   *     or two starting points
   */
  static void check(String pod, MultiMap parameters) {
    OptionalLong since = number(parameters, "sinceSeconds");
    OptionalLong tail = number(parameters, "tailLines");
    OptionalLong limit = number(parameters, "limitBytes");
    List<Cause> causes = new ArrayList<>();
    if (tail.isPresent() && tail.getAsLong() < 0) {
      causes.add(
          Cause.invalid("tailLines", tail.getAsLong(), "must be greater than or equal to 0"));
    }
    if (limit.isPresent() && limit.getAsLong() < 1) {
      causes.add(Cause.invalid("limitBytes", limit.getAsLong(), NOT_POSITIVE));
    }
    if (since.isPresent() && parameters.contains("sinceTime")) {
      causes.add(
          Cause.forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
    } else if (since.isPresent() && since.getAsLong() < 1) {
      causes.add(Cause.invalid("sinceSeconds", since.getAsLong(), NOT_POSITIVE));
    }
    if (!causes.isEmpty()) {
      throw ApiException.invalid(new Subject("", "PodLogOptions", pod), causes);
    }
  }

  private static OptionalLong number(MultiMap parameters, String name) {
    String text = parameters.get(name);
    if (text == null) {
      return OptionalLong.empty();
    }
    if (!text.matches("[+-]?[0-9]{1,100}")) {
      throw unreadable(text, "invalid syntax");
    }
    try {
      return OptionalLong.of(new BigInteger(text).longValueExact());
    } catch (ArithmeticException e) {
      throw unreadable(text, "value out of range");
    }
  }

  private static ApiException unreadable(String text, String why) {
    String shown = text.length() > 100 ? text.substring(0, 100) + "..." : text;
    return ApiException.badRequest("strconv.ParseInt: parsing " + Cause.quoted(shown) + ": " + why);
  }
}
