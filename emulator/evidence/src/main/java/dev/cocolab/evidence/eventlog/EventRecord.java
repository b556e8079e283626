package dev.cocolab.evidence.eventlog;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One entry of a log (TCG_PCR_EVENT2).
 *
 * @param register the measurement register, unsigned: a PCR, or for a confidential guest 0 for the
 *     launch measurement and one more than the number of the RTMR
 * @param type the kind of event
 * @param digests what was extended, a digest a bank
 * @param data what is said about it; no register covers it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record EventRecord(int register, EventType type, List<EventDigest> digests, byte[] data) {

  public EventRecord {
    Objects.requireNonNull(type, "type");
    digests = List.copyOf(digests);
    data = data.clone();
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  /**
   * Whether the data is what was measured: every digest is that of the data. By their nature not so
   * for images, firmware, commands of a boot loader and boot variables.
   *
   * @throws EvidenceException {@link dev.cocolab.evidence.Refusal#EVENT_LOG_MALFORMED} for a SHA-1
   *     digest before any that differs, which Trustee does not compute
   */
  public boolean digestMatchesData() {
    for (EventDigest digest : digests) {
      if (digest.algorithm() == DigestAlgorithm.SHA1) {
        throw EventLog.malformed(
            "Digest comparison failed: Digest hash algorithm not supported - Sha1");
      }
      if (!MessageDigest.isEqual(digest.algorithm().digest(data), digest.value())) {
        return false;
      }
    }
    return true;
  }

  /**
   * What the data says, in the claims of Trustee; empty for kinds it does not look into.
   *
   * @throws EvidenceException {@link dev.cocolab.evidence.Refusal#EVENT_LOG_MALFORMED} if the data
   *     is not of the form of its kind
   */
  public ObjectNode details() {
    return EventDetails.of(type, data);
  }

  /**
   * The claims about this record; throws as {@link #details()} and {@link #digestMatchesData()}.
   */
  ObjectNode claims() {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.set("details", details());
    claims.put("digest_matches_event", digestMatchesData());
    ArrayNode list = claims.putArray("digests");
    for (EventDigest digest : digests) {
      list.addObject()
          .put("alg", digest.algorithm().claimName())
          .put("digest", EvidenceJson.hex(digest.value()));
    }
    claims.put("event", Base64.getEncoder().encodeToString(data));
    claims.put("index", Integer.toUnsignedLong(register));
    claims.put("type_name", type.name());
    return claims;
  }

  /** The bytes of the record in a log. */
  public byte[] encode() {
    int size = 4 * Integer.BYTES + data.length;
    for (EventDigest digest : digests) {
      size += Short.BYTES + digest.value().length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(register).putInt(type.code()).putInt(digests.size());
    for (EventDigest digest : digests) {
      bytes.putShort((short) digest.algorithm().id()).put(digest.value());
    }
    return bytes.putInt(data.length).put(data).array();
  }
}
