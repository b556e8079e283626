package dev.cocolab.azure.blobs;

import dev.cocolab.azure.SecretText;
import java.net.URI;
import java.time.Duration;

/**
 * The storage container of one run. Each call throws {@link dev.cocolab.azure.AzureException}:
 * NO_RIGHTS (naming the role), NO_IDENTITY, UNREACHABLE, NOT_FOUND, CONFLICT or REFUSED.
 */
public interface RunContainer {
  /** Name of the container. */
  String name();

  /** Makes the container, which may exist already. Nobody reads it without a signature. */
  void create();

  /** Puts a blob; one of the same name is replaced. */
  void put(String blob, byte[] content);

  /** Deletes a blob; one that is gone already is fine. */
  void remove(String blob);

  /** Address of a blob, without a signature. */
  URI address(String blob);

  /**
   * Signs read access to one blob over HTTPS, valid from 15 minutes ago: clocks differ.
   *
   * @param validity from now on, at most six days
   * @return the query string without a question mark
   */
  SecretText readSignature(String blob, Duration validity);

  /**
   * Signs read access as {@link #readSignature} does, to a time that is over.
   *
   * @param age how long ago it ended
   * @return the query string without a question mark, which opens nothing
   */
  SecretText expiredSignature(String blob, Duration age);

  /** Deletes the container with all that is in it; one that is gone already is fine. */
  void delete();
}
