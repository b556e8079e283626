package dev.cocolab.guest;

import dev.cocolab.guest.GuestException.Reason;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.ResourceUri;
import dev.cocolab.protocol.SealedSecret;
import dev.cocolab.protocol.SealedSecretException;
import dev.cocolab.protocol.VaultPointer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Exchanges sealed secrets for what they point to: the data hub's {@code UnsealSecret}, and what
 * the VM's agent makes of its answer when it creates a container. A failure is a line in the
 * guest's log and nothing else: the container starts and sees the sealed text.
 */
final class SecretUnsealing {
  private static final byte[] PREFIX = SealedSecret.PREFIX.getBytes(StandardCharsets.US_ASCII);
  private static final String RPC_TEXT = "Unseal Secret failed";

  private final DataHub hub;
  private final boolean verified;
  private final Consumer<String> log;

  SecretUnsealing(DataHub hub, Consumer<String> log) {
    this.hub = hub;
    this.verified = !hub.config().skipSealedSecretVerification();
    this.log = log;
  }

  /** Whether a value or a file is tried at all. */
  private static boolean looksSealed(byte[] content) {
    return content.length >= PREFIX.length
        && Arrays.equals(content, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
  }

  /** What the container sees of a variable. */
  String variable(String value) {
    byte[] sealed = value.getBytes(StandardCharsets.UTF_8);
    if (!looksSealed(sealed)) {
      return value;
    }
    try {
      return utf8(unseal(sealed), "the plaintext of a variable must be UTF-8");
    } catch (GuestException e) {
      log.accept("kata-agent: Failed to unseal secret: " + "[CDH] [ERROR]: " + RPC_TEXT);
      return value;
    }
  }

  /** The plaintext of a file; empty when it is not sealed, or cannot be unsealed. */
  Optional<byte[]> file(byte[] content) {
    try {
      return looksSealed(content) ? Optional.of(unseal(content)) : Optional.empty();
    } catch (GuestException e) {
      log.accept("kata-agent: Failed to unseal file: " + "[CDH] [ERROR]: " + RPC_TEXT);
      return Optional.empty();
    }
  }

  /** The signer's key is fetched before the payload is read, the target after. */
  private byte[] unseal(byte[] sealed) {
    String text = utf8(sealed, "Secret string must be UTF-8");
    try {
      VaultPointer pointer = verified ? verified(text) : SealedSecret.parseUnverified(text);
      return hub.resource(pointer.name());
    } catch (SealedSecretException e) {
      throw refused("parse SealedSecret failed: " + e.getMessage(), e);
    } catch (GuestException e) {
      throw refused("get secret failed: " + e.getMessage(), e);
    }
  }

  private VaultPointer verified(String text) {
    SealedSecret secret = SealedSecret.parse(text);
    try {
      ResourceUri.parse(secret.keyId());
    } catch (ProtocolException e) {
      // Keys by file name would lie in the VM image; this one has none.
      throw refused(
          "parse SealedSecret failed: KID is invalid. Must be a KBS URI or a credential path.", e);
    }
    byte[] key;
    try {
      key = hub.resource(secret.keyId());
    } catch (GuestException e) {
      throw refused("parse SealedSecret failed: Failed to get key from KMS: " + e.getMessage(), e);
    }
    return secret.verify(key);
  }

  private GuestException refused(String cause, RuntimeException e) {
    if (e instanceof GuestException known && known.reason() == Reason.UNSEAL) {
      return known;
    }
    log.accept("confidential-data-hub: " + RPC_TEXT);
    log.accept("confidential-data-hub: Caused by: " + cause);
    return new GuestException(Reason.UNSEAL, RPC_TEXT, RPC_TEXT + ": " + cause, e);
  }

  private String utf8(byte[] bytes, String otherwise) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw refused(otherwise, new IllegalArgumentException(otherwise, e));
    }
  }
}
