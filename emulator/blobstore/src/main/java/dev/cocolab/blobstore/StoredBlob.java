package dev.cocolab.blobstore;

import java.time.Instant;
import java.util.Map;

/**
 * A committed blob. The content is shared, never changed and never handed out of the package.
 *
 * @param content the bytes
 * @param headers standard headers to answer with, names as sent (Content-Type, Content-MD5, ...)
 * @param metadata {@code x-ms-meta-*} headers, names in lower case
 * @param etag quoted entity tag
 * @param created when the name was first written
 * @param modified when this content was written
 */
@SuppressWarnings("ArrayRecordComponent")
record StoredBlob(
    byte[] content,
    Map<String, String> headers,
    Map<String, String> metadata,
    String etag,
    Instant created,
    Instant modified) {

  StoredBlob {
    headers = Map.copyOf(headers);
    metadata = Map.copyOf(metadata);
  }
}
