package dev.cocolab.blobstore;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a blob that a request asks for.
 *
 * @param from first byte
 * @param to one past the last byte
 * @param partial true when a range was asked for: answered with 206
 */
record ByteSpan(int from, int to, boolean partial) {

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{0,18})");

  /** Reads {@code bytes=a-b} or {@code bytes=a-}; the service has no other forms. */
  static ByteSpan of(Optional<String> header, int length) {
    if (header.isEmpty()) {
      return new ByteSpan(0, length, false);
    }
    Matcher range = RANGE.matcher(header.get());
    if (!range.matches()) {
      throw RefusedException.header(BlobError.INVALID_HEADER_VALUE, "Range", header.get());
    }
    long from = Long.parseLong(range.group(1));
    long last = range.group(2).isEmpty() ? Long.MAX_VALUE - 1 : Long.parseLong(range.group(2));
    if (last < from) {
      throw RefusedException.header(BlobError.INVALID_HEADER_VALUE, "Range", header.get());
    }
    if (from >= length) {
      throw new RefusedException(BlobError.INVALID_RANGE);
    }
    return new ByteSpan((int) from, (int) Math.min(last + 1, length), true);
  }

  int length() {
    return to - from;
  }
}
