package dev.cocolab.guest;

import dev.cocolab.image.ImageException;

/**
 * The words of the image client for what went wrong in a pull: what follows {@code error: } in its
 * message.
 */
final class PullErrorText {

  private static final String PULLING = "Errors happened when pulling image: ";
  private static final String UNPACKING =
      "Failed to decode layer data stream: Failed to unpack layer";

  private PullErrorText() {}

  static String of(ImageException failure) {
    return switch (failure.stage()) {
      case ADMISSION -> "Image policy rejected: Denied by policy: " + failure.getMessage();
      case INPUT, MANIFEST -> PULLING + "failed to pull image manifest: " + failure.getMessage();
      case BLOB -> PULLING + "Failed to async pull blob stream";
      case UNPACK -> PULLING + unpack(failure);
      case STORE, LAYOUT -> "Failed to create bundle";
    };
  }

  private static String unpack(ImageException failure) {
    return switch (failure.reason()) {
      case UNSUPPORTED_MEDIA_TYPE, DIFF_ID_MISMATCH -> failure.getMessage();
      case STORAGE -> UNPACKING;
      default -> UNPACKING + ": " + failure.getMessage();
    };
  }
}
