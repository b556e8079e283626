package dev.cocolab.blobstore;

import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Conditional headers (REST reference, "Specifying conditional headers for Blob service
 * operations").
 */
final class Conditions {

  private Conditions() {}

  /** For reads and deletes of a blob that exists. */
  static void checkRead(MultiMap headers, StoredBlob blob) {
    checkMatch(headers, Optional.of(blob));
    String noneMatch = headers.get("If-None-Match");
    if (noneMatch != null && (noneMatch.equals("*") || noneMatch.equals(blob.etag()))) {
      throw new RefusedException(BlobError.NOT_MODIFIED);
    }
    if (time(headers, "If-Modified-Since").filter(t -> !blob.modified().isAfter(t)).isPresent()) {
      throw new RefusedException(BlobError.NOT_MODIFIED);
    }
  }

  /** For writes; the blob may not exist yet. */
  static void checkWrite(MultiMap headers, Optional<StoredBlob> blob) {
    checkMatch(headers, blob);
    String noneMatch = headers.get("If-None-Match");
    if (noneMatch != null && noneMatch.equals("*") && blob.isPresent()) {
      throw new RefusedException(BlobError.BLOB_ALREADY_EXISTS);
    }
    if (noneMatch != null && blob.filter(b -> b.etag().equals(noneMatch)).isPresent()) {
      throw new RefusedException(BlobError.CONDITION_NOT_MET);
    }
    Optional<Instant> since = time(headers, "If-Modified-Since");
    if (since.isPresent() && blob.filter(b -> !b.modified().isAfter(since.get())).isPresent()) {
      throw new RefusedException(BlobError.CONDITION_NOT_MET);
    }
  }

  private static void checkMatch(MultiMap headers, Optional<StoredBlob> blob) {
    String match = headers.get("If-Match");
    boolean matches =
        match == null || blob.filter(b -> match.equals("*") || match.equals(b.etag())).isPresent();
    Optional<Instant> limit = time(headers, "If-Unmodified-Since");
    boolean changed =
        limit.isPresent() && blob.filter(b -> b.modified().isAfter(limit.get())).isPresent();
    if (!matches || changed) {
      throw new RefusedException(BlobError.CONDITION_NOT_MET);
    }
  }

  private static Optional<Instant> time(MultiMap headers, String name) {
    String value = headers.get(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value)));
    } catch (DateTimeException e) {
      throw RefusedException.header(BlobError.INVALID_HEADER_VALUE, name, value);
    }
  }
}
