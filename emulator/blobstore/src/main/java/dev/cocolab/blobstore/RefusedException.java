package dev.cocolab.blobstore;

import java.util.Map;

/**
 * A request that ends in an error of the service; caught where the answer is written, nowhere else.
 */
final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final BlobError error;
  private final transient Map<String, String> details;

  /**
   * @param details further elements of the error document by name, e.g. {@code
   *     AuthenticationErrorDetail}
   */
  RefusedException(BlobError error, Map<String, String> details) {
    super(error.code(), null, false, false);
    this.error = error;
    this.details = Map.copyOf(details);
  }

  RefusedException(BlobError error) {
    this(error, Map.of());
  }

  static RefusedException authentication(String detail) {
    return new RefusedException(
        BlobError.AUTHENTICATION_FAILED, Map.of("AuthenticationErrorDetail", detail));
  }

  static RefusedException header(BlobError error, String name, String value) {
    return new RefusedException(error, Map.of("HeaderName", name, "HeaderValue", value));
  }

  static RefusedException query(String name, String value, String reason) {
    return new RefusedException(
        BlobError.INVALID_QUERY_PARAMETER_VALUE,
        Map.of("QueryParameterName", name, "QueryParameterValue", value, "Reason", reason));
  }

  BlobError error() {
    return error;
  }

  Map<String, String> details() {
    return details;
  }
}
