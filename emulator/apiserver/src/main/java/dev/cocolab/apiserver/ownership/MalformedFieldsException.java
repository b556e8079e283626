package dev.cocolab.apiserver.ownership;

/** Managed fields that cannot be read; what they say is then passed over as a whole. */
public final class MalformedFieldsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedFieldsException(String message) {
    super(message);
  }
}
