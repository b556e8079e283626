package dev.cocolab.broker.appraisal;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.protocol.CanonicalJson;
import dev.cocolab.protocol.ProtocolException;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What the report data of evidence must show. */
public sealed interface RuntimeInput {
  /**
   * The expected report data, before a TEE pads it.
   *
   * @throws BrokerException HANDSHAKE
   */
  byte[] reportData();

  /** What policies and the token see of it; null node where it is bytes only. */
  JsonNode claims();

  /**
   * The report data themselves.
   *
   * @param reportData not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // neither changed nor compared as a record
  record Raw(byte[] reportData) implements RuntimeInput {
    @Override
    public JsonNode claims() {
      return JsonNodeFactory.instance.nullNode();
    }
  }

  /**
   * JSON, of whose canonical form (RFC 8785) the hash is expected.
   *
   * @param claims the JSON
   * @param hash the hash
   */
  record Structured(JsonNode claims, HashAlgorithm hash) implements RuntimeInput {
    /** Checks that nothing is missing. */
    public Structured {
      Objects.requireNonNull(claims, "claims");
      Objects.requireNonNull(hash, "hash");
    }

    @Override
    public byte[] reportData() {
      try {
        return hash.digest(CanonicalJson.bytes(claims));
      } catch (ProtocolException e) {
        throw new BrokerException(Reason.HANDSHAKE, "parse runtime data", e);
      }
    }
  }
}
