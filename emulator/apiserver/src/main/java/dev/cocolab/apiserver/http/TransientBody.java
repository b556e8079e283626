package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.schema.TypedFields;
import dev.cocolab.apiserver.status.ApiException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Bodies of kinds that are sent and not stored: options, reviews, requests. A field of a wrong type
 * is refused and not read as absent, which would delete without the precondition or issue the token
 * without the bound that the client asked for.
 */
final class TransientBody {
  private final BodyDecoder decoder;
  private final TypedFields fields;

  TransientBody(BodyDecoder decoder, ApiTypes types) {
    this.decoder = decoder;
    this.fields = new TypedFields(types);
  }

  /**
   * Reads the body.
   *
   * @param structure its type, for example {@code policy/v1.Eviction}
   * @throws ApiException 400 for a body that is none, is of another kind or has a field of another
   *     type, 415 for an unknown media type
   */
  ObjectNode read(Exchange exchange, String structure) {
    if (!(decoder.decode(exchange.contentType(), exchange.body()).root()
        instanceof ObjectNode body)) {
      throw ApiException.badRequest(
          "couldn't get version/kind; json parse error: the body is no JSON object");
    }
    String kind = structure.substring(structure.indexOf('.') + 1);
    if (body.hasNonNull("kind") && !Trees.textOrEmpty(body, "kind").equals(kind)) {
      throw ApiException.badRequest(
          "the object provided is unrecognized: kind "
              + body.path("kind")
              + " cannot be handled as a "
              + kind);
    }
    fields.conform(body, structure);
    return body;
  }
}
