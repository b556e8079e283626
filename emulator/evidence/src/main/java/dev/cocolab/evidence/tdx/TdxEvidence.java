package dev.cocolab.evidence.tdx;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.StrictBase64;
import dev.cocolab.evidence.eventlog.EventLog;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence of a trust domain: {@code quote} and {@code cc_eventlog}, both in standard base64; the
 * log may be absent, null or empty. Immutable.
 *
 * @param quote the bytes of the quote
 * @param eventLog the log as bytes (CCEL), when there is one
 */
@SuppressWarnings("ArrayRecordComponent") // the accessors below copy
public record TdxEvidence(byte[] quote, Optional<byte[]> eventLog) {
  private static final int LONGEST_LOG = EventLog.MAX_SIZE / 3 * 4 + 4;

  /** Copies the bytes. */
  public TdxEvidence {
    quote = quote.clone();
    eventLog = eventLog.map(byte[]::clone);
  }

  /**
   * Reads evidence; members it does not know are ignored.
   *
   * @throws EvidenceException {@link Refusal#TDX_EVIDENCE_MALFORMED} or {@link
   *     Refusal#TDX_QUOTE_EMPTY}
   */
  public static TdxEvidence parse(JsonNode evidence) {
    EvidenceJson json = EvidenceJson.of(evidence, Refusal.TDX_EVIDENCE_MALFORMED);
    if (json.string("quote").isEmpty()) {
      throw EvidenceException.of(Refusal.TDX_QUOTE_EMPTY);
    }
    return new TdxEvidence(json.base64("quote"), log(json.member("cc_eventlog")));
  }

  private static Optional<byte[]> log(JsonNode member) {
    if (member.isMissingNode() || member.isNull()) {
      return Optional.empty();
    }
    if (!member.isString() || member.asString().length() > LONGEST_LOG) {
      throw malformed("`cc_eventlog` is no text of at most " + LONGEST_LOG + " characters");
    }
    if (member.asString().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        StrictBase64.decodeStandard(member.asString())
            .orElseThrow(() -> malformed("`cc_eventlog` is not base64")));
  }

  private static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.TDX_EVIDENCE_MALFORMED, cause);
  }

  /** The evidence as guests send it. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Base64.Encoder base64 = Base64.getEncoder();
    eventLog.ifPresentOrElse(
        log -> json.put("cc_eventlog", base64.encodeToString(log)),
        () -> json.putNull("cc_eventlog"));
    return json.put("quote", base64.encodeToString(quote));
  }

  @Override
  public byte[] quote() {
    return quote.clone();
  }

  @Override
  public Optional<byte[]> eventLog() {
    return eventLog.map(byte[]::clone);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TdxEvidence evidence && toJson().equals(evidence.toJson());
  }

  @Override
  public int hashCode() {
    return Objects.hash(toJson());
  }
}
