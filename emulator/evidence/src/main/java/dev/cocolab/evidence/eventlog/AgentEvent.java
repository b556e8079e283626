package dev.cocolab.evidence.eventlog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An event that a guest measured at run time by its attestation agent (AAEL): a tagged event whose
 * text is the three parts with a space between them.
 *
 * @param domain who defines the operation, such as {@code github.com/confidential-containers};
 *     without a space
 * @param operation what was done, such as {@code PullImage}; without a space
 * @param content any text without a line feed; claims show JSON as JSON
 */
public record AgentEvent(String domain, String operation, String content) {

  /** Identifier of tagged events of the agent: {@code AAEL} when read as a big-endian number. */
  static final int TAG = 0x4141454c;

  /** The register an agent extends if its configuration names none. */
  public static final int DEFAULT_PCR = 17;

  /**
   * Checks that the text can be taken apart again.
   *
   * @throws IllegalArgumentException if the domain or the operation has a space, or the content a
   *     line feed
   */
  public AgentEvent {
    if (domain.indexOf(' ') >= 0 || operation.indexOf(' ') >= 0) {
      throw new IllegalArgumentException("domain and operation of an event have no space");
    }
    if (content.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("content contains newline");
    }
  }

  /** The text. */
  public String text() {
    return domain + " " + operation + " " + content;
  }

  /** The data of the record, and what is measured: tag, length and text. */
  public byte[] data() {
    byte[] text = text().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 * Integer.BYTES + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(TAG)
        .putInt(text.length)
        .put(text)
        .array();
  }

  /** The record of this event; its digest is what the agent extends the register with. */
  public EventRecord record(int register, DigestAlgorithm algorithm) {
    byte[] data = data();
    return new EventRecord(
        register, EventType.EV_EVENT_TAG, List.of(EventDigest.of(algorithm, data)), data);
  }
}
