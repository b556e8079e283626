package dev.cocolab.broker;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.protocol.Request;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The check of a request's protocol version: a full semver that equals the one version spoken. */
final class ProtocolVersion {
  private static final String NUMBER = "(0|[1-9][0-9]*)";
  private static final String LABELS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
  private static final Pattern SEMVER =
      Pattern.compile(
          "(" + NUMBER + "\\." + NUMBER + "\\." + NUMBER + ")(-" + LABELS + ")?(\\+" + LABELS
              + ")?");

  private ProtocolVersion() {}

  /** Build metadata is tolerated, a pre-release is not. */
  static void require(String version) {
    Matcher matcher = SEMVER.matcher(version);
    if (!matcher.matches()) {
      throw new BrokerException(Reason.HANDSHAKE, "failed to parse KBS version");
    }
    if (!matcher.group(1).equals(Request.PROTOCOL_VERSION) || matcher.group(5) != null) {
      throw new BrokerException(
          Reason.HANDSHAKE,
          "KBS Client Protocol Version Mismatch: expect ="
              + Request.PROTOCOL_VERSION
              + " while the request is "
              + version);
    }
  }
}
