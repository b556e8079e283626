package dev.cocolab.tee.tdx;

import dev.cocolab.evidence.tdx.TdBody;
import dev.cocolab.tee.TeeException;

/**
 * How a trust domain is set up.
 *
 * @param quoteVersion 4, or 5 with the body of TDX 1.5
 * @param debug whether the host may debug it
 * @param eventLog whether its evidence has an event log
 */
public record TdOptions(int quoteVersion, boolean debug, boolean eventLog) {

  private static final int V4 = 4;
  private static final int V5 = 5;

  public TdOptions {
    if (quoteVersion != V4 && quoteVersion != V5) {
      throw new TeeException(
          TeeException.Reason.NOT_EMULATED,
          "TDX quote version " + quoteVersion + " is not emulated; choose 4 or 5");
    }
  }

  /** Version 4, no debugging, with an event log. */
  public static TdOptions standard() {
    return new TdOptions(V4, false, true);
  }

  public TdOptions withQuoteVersion(int version) {
    return new TdOptions(version, debug, eventLog);
  }

  public TdOptions withDebug() {
    return new TdOptions(quoteVersion, true, eventLog);
  }

  public TdOptions withoutEventLog() {
    return new TdOptions(quoteVersion, debug, false);
  }

  int bodySize() {
    return quoteVersion == V5 ? TdBody.SIZE_1_5 : TdBody.SIZE_1_0;
  }
}
