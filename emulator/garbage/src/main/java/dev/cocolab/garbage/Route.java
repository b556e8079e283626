package dev.cocolab.garbage;

import java.util.List;

/**
 * A request that its server understands: garbage is made from it, so that it reaches what lies
 * behind the parser.
 *
 * @param method HTTP method
 * @param path path, with a query when the route needs one
 * @param contentType media type of the body, empty when there is none
 * @param body body that is accepted, empty when there is none
 * @param parameters names of query parameters that the route knows
 */
public record Route(
    String method, String path, String contentType, String body, List<String> parameters) {

  /** A route without a body. */
  public static Route of(String method, String path, String... parameters) {
    return new Route(method, path, "", "", List.of(parameters));
  }

  /** The same with a JSON body. */
  public Route json(String text) {
    return new Route(method, path, "application/json", text, parameters);
  }

  /** The same with a body of another type. */
  public Route body(String type, String text) {
    return new Route(method, path, type, text, parameters);
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
