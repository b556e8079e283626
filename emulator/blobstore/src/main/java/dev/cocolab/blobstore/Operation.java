package dev.cocolab.blobstore;

/**
 * What a request does, and what a SAS must grant for it (REST reference, "Create a service SAS" and
 * "Create an account SAS", tables of operations).
 */
enum Operation {
  CREATE_CONTAINER('c', "cw", false),
  DELETE_CONTAINER('c', "d", false),
  GET_CONTAINER('c', "r", false),
  LIST_BLOBS('c', "l", true),
  PUT_BLOB('o', "w", true),
  PUT_BLOCK('o', "w", true),
  PUT_BLOCK_LIST('o', "w", true),
  GET_BLOB('o', "r", true),
  GET_BLOB_PROPERTIES('o', "r", true),
  DELETE_BLOB('o', "d", true);

  private final char resourceType;
  private final String permissions;
  private final boolean byServiceSas;

  Operation(char resourceType, String permissions, boolean byServiceSas) {
    this.resourceType = resourceType;
    this.permissions = permissions;
    this.byServiceSas = byServiceSas;
  }

  /** Letter of {@code srt} in an account SAS: c container, o object. */
  char resourceType() {
    return resourceType;
  }

  boolean allowedByServiceSas() {
    return byServiceSas;
  }

  boolean onContainer() {
    return resourceType == 'c';
  }

  boolean granted(String letters) {
    return permissions.chars().anyMatch(letter -> letters.indexOf(letter) >= 0);
  }

  /** True when {@code c} is enough as long as the blob does not exist yet. */
  boolean createsBlob() {
    return this == PUT_BLOB || this == PUT_BLOCK_LIST || this == PUT_BLOCK;
  }

  /** Recognises the operation, or refuses it by the service's own error. */
  static Operation of(String verb, RequestTarget target) {
    String comp = target.parameter("comp").orElse("");
    String restype = target.parameter("restype").orElse("");
    if (target.blob().isPresent()) {
      return onBlob(verb, comp);
    }
    if (target.container().isEmpty() || !restype.equals("container")) {
      throw new RefusedException(BlobError.NOT_IMPLEMENTED);
    }
    return switch (verb + " " + comp) {
      case "PUT " -> CREATE_CONTAINER;
      case "DELETE " -> DELETE_CONTAINER;
      case "GET ", "HEAD " -> GET_CONTAINER;
      case "GET list" -> LIST_BLOBS;
      default -> throw unsupported(verb);
    };
  }

  private static Operation onBlob(String verb, String comp) {
    return switch (verb + " " + comp) {
      case "PUT " -> PUT_BLOB;
      case "PUT block" -> PUT_BLOCK;
      case "PUT blocklist" -> PUT_BLOCK_LIST;
      case "GET " -> GET_BLOB;
      case "HEAD " -> GET_BLOB_PROPERTIES;
      case "DELETE " -> DELETE_BLOB;
      default -> throw unsupported(verb);
    };
  }

  private static RefusedException unsupported(String verb) {
    return switch (verb) {
      case "GET", "HEAD", "PUT", "DELETE" -> new RefusedException(BlobError.NOT_IMPLEMENTED);
      default -> new RefusedException(BlobError.UNSUPPORTED_HTTP_VERB);
    };
  }
}
