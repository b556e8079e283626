package dev.cocolab.node.forward;

/** Port numbers as clients write them. */
final class ForwardedPort {
  private ForwardedPort() {}

  /**
   * Reads a decimal port number.
   *
   * @throws IllegalArgumentException with the kubelet's text
   */
  static int parse(String text) {
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65535) {
      throw new IllegalArgumentException(
          "unable to parse \""
              + text
              + "\" as a port: strconv.ParseUint: parsing \""
              + text
              + "\": "
              + (text.matches("\\d+") ? "value out of range" : "invalid syntax"));
    }
    int port = Integer.parseInt(text);
    if (port == 0) {
      throw new IllegalArgumentException("port \"" + text + "\" must be > 0");
    }
    return port;
  }
}
