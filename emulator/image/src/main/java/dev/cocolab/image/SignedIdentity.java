package dev.cocolab.image;

import java.util.Objects;

/**
 * How the name inside a signature has to relate to the image's (containers-policy.json(5), {@code
 * signedIdentity}). A payload of cosign names a repository without a tag, so only the two rules
 * about repositories can ever hold.
 */
sealed interface SignedIdentity {

  /** True when a signature that names {@code signed} stands for the image that is pulled. */
  boolean holds(ImageReference pulled, String signed);

  /** {@code matchRepository}: the same registry and repository as the image that is pulled. */
  record MatchRepository() implements SignedIdentity {
    @Override
    public boolean holds(ImageReference pulled, String signed) {
      return sameRepository(signed, pulled.name());
    }
  }

  /** {@code exactRepository}: the repository that the policy names. */
  record ExactRepository(String dockerRepository) implements SignedIdentity {
    public ExactRepository {
      Objects.requireNonNull(dockerRepository, "dockerRepository");
    }

    @Override
    public boolean holds(ImageReference pulled, String signed) {
      return sameRepository(signed, dockerRepository);
    }
  }

  /**
   * Every other rule; a requirement with it refuses each image before anything is fetched.
   *
   * @param text the rule as the guest prints it
   */
  record Unsuitable(String text) implements SignedIdentity {
    public Unsuitable {
      Objects.requireNonNull(text, "text");
    }

    @Override
    public boolean holds(ImageReference pulled, String signed) {
      return false;
    }
  }

  private static boolean sameRepository(String one, String other) {
    try {
      return ImageReference.parse(one).name().equals(ImageReference.parse(other).name());
    } catch (ImageException e) {
      // Text that is no reference names nothing, so it matches nothing.
      return false;
    }
  }
}
