package dev.cocolab.image;

/**
 * Judges an image after its manifest and configuration are known and before any layer is fetched.
 */
@FunctionalInterface
public interface ImageAdmission {

  /** Returns to admit; throws {@link ImageException#rejected(String)} to refuse. */
  void admit(ImageReference reference, ImageManifest manifest);

  /** Admits every image. */
  static ImageAdmission everything() {
    return (reference, manifest) -> {};
  }
}
