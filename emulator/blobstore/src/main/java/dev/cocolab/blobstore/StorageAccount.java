package dev.cocolab.blobstore;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A storage account: its name (3 to 24 lower-case letters and digits) and its access key.
 *
 * <p>The key signs Shared Key requests and SAS tokens, always with HMAC-SHA256; Azure's keys have
 * 64 bytes.
 */
public final class StorageAccount {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]{3,24}");
  private static final String SAS_VERSION = "2021-12-02";
  private static final int KEY_BYTES = 64;
  private static final int SHORTEST_KEY = 16;

  private final String name;
  private final byte[] key;

  private StorageAccount(String name, byte[] key) {
    Objects.requireNonNull(name, "name");
    if (!NAME.matcher(name).matches()) {
      throw new BlobStoreException(
          BlobStoreException.Reason.BAD_NAME,
          "storage account name '" + name + "' must be 3 to 24 lower-case letters and digits");
    }
    if (key.length < SHORTEST_KEY) {
      throw new IllegalArgumentException(
          "access key has " + key.length + " bytes, at least " + SHORTEST_KEY);
    }
    this.name = name;
    this.key = key.clone();
  }

  /** An account with a key that exists already. */
  public static StorageAccount of(String name, byte[] key) {
    return new StorageAccount(name, key);
  }

  /** An account with a fresh key of 64 bytes. */
  public static StorageAccount generate(String name, SecureRandom random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return new StorageAccount(name, key);
  }

  /** The name, first label of the host name {@code <name>.blob.core.windows.net}. */
  public String name() {
    return name;
  }

  /** The access key in standard base64, as connection strings carry it. Secret. */
  public String keyBase64() {
    return Base64.getEncoder().encodeToString(key);
  }

  /** A copy of the access key. Secret. */
  public byte[] key() {
    return key.clone();
  }

  /**
   * Signs a service SAS with the account's key.
   *
   * @return the query string without a leading question mark, ready to append to the blob's URL
   */
  public String sas(ServiceSas sas) {
    return SasToken.service(this, sas, SAS_VERSION);
  }

  /** The name only: the key stays out of logs. */
  @Override
  public String toString() {
    return "StorageAccount[" + name + "]";
  }
}
