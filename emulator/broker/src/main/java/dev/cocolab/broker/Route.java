package dev.cocolab.broker;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What answers the requests for one path.
 *
 * @param path the path as endpoints see it, percent-decoded
 * @param methods the methods that are taken; any other is answered with 405 and this list
 * @param quick whether a request needs neither files nor policies and takes microseconds
 * @param answer makes the answer and never throws for what the request holds
 */
record Route(
    String path,
    List<String> methods,
    Predicate<ApiRequest> quick,
    Function<ApiRequest, ApiResponse> answer) {
  Route {
    Objects.requireNonNull(path, "path");
    methods = List.copyOf(methods);
    Objects.requireNonNull(quick, "quick");
    Objects.requireNonNull(answer, "answer");
  }
}
