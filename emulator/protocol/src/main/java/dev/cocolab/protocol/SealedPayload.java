package dev.cocolab.protocol;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ObjectNode;

/** What a sealed secret says, version 0.1.0: a pointer, or the secret itself, encrypted. */
public sealed interface SealedPayload {
  /** The document version that guests accept. */
  String VERSION = "0.1.0";

  /** The payload's bytes: compact JSON, members in the order of upstream's tool. */
  byte[] document();

  /**
   * A pointer to a secret that a provider keeps.
   *
   * @param name of the secret; a {@code kbs://} URI where the provider is {@code kbs}
   * @param provider {@code kbs}, {@code aliyun} or {@code aws}
   * @param settings how the guest reaches the provider; empty for {@code kbs}
   * @param annotations what the provider needs to find the secret; empty for {@code kbs}
   */
  record Vault(String name, String provider, ObjectNode settings, ObjectNode annotations)
      implements SealedPayload {
    /** The providers of the data hub. */
    public static final Set<String> PROVIDERS = Set.of("kbs", "aliyun", "aws");

    /**
     * Checks the provider, and the name where it has a form.
     *
     * @throws ProtocolException BAD_URI for a name that is no URI of a broker; MALFORMED for an
     *     unknown provider
     */
    public Vault {
      requireProvider(provider, PROVIDERS);
      if (provider.toLowerCase(Locale.ROOT).equals("kbs")) {
        ResourceUri.parse(name);
      }
      settings = settings.deepCopy();
      annotations = annotations.deepCopy();
    }

    /** A pointer to a resource of the broker. */
    public static Vault ofBroker(String resource) {
      return new Vault(resource, "kbs", Json.object(), Json.object());
    }

    @Override
    public byte[] document() {
      ObjectNode out = Json.object().put("version", VERSION).put("type", "vault");
      out.put("name", name).put("provider", provider);
      out.set("provider_settings", settings);
      out.set("annotations", annotations);
      return Json.write(out);
    }
  }

  /**
   * A secret encrypted with AES-256-GCM under a key that only the provider can unwrap.
   *
   * @param keyId the provider's key that wrapped the data key
   * @param encryptedKey the wrapped data key, as the provider returned it
   * @param encryptedData ciphertext and 16 bytes tag
   * @param iv 12 bytes
   * @param provider {@code aliyun}, {@code aws} or {@code ehsm}
   */
  @SuppressWarnings("ArrayRecordComponent") // copied on the way in; never compared
  record Envelope(
      String keyId,
      byte[] encryptedKey,
      byte[] encryptedData,
      byte[] iv,
      String provider,
      ObjectNode settings,
      ObjectNode annotations)
      implements SealedPayload {
    /** The providers of the data hub; {@code kbs} unwraps nothing. */
    public static final Set<String> PROVIDERS = Set.of("aliyun", "aws", "ehsm");

    /** Size of a data key in bytes. */
    public static final int KEY_SIZE = 32;

    private static final int IV_SIZE = 12;
    private static final int TAG_BITS = 128;

    /**
     * Checks the provider.
     *
     * @throws ProtocolException MALFORMED for an unknown provider
     */
    public Envelope {
      Objects.requireNonNull(keyId, "keyId");
      requireProvider(provider, PROVIDERS);
      encryptedKey = encryptedKey.clone();
      encryptedData = encryptedData.clone();
      iv = iv.clone();
      settings = settings.deepCopy();
      annotations = annotations.deepCopy();
    }

    /**
     * Encrypts a secret.
     *
     * @param dataKey 32 bytes
     * @param wrapped the data key as the provider wrapped it
     * @throws ProtocolException MALFORMED for an unknown provider; BAD_KEY for a data key of
     *     another size
     */
    public static Envelope seal(
        byte[] secret,
        byte[] dataKey,
        String keyId,
        byte[] wrapped,
        String provider,
        ObjectNode settings,
        ObjectNode annotations,
        SecureRandom random) {
      requireProvider(provider, PROVIDERS);
      if (dataKey.length != KEY_SIZE) {
        throw new ProtocolException(
            ProtocolException.Reason.BAD_KEY,
            "a data key has " + KEY_SIZE + " bytes, not " + dataKey.length);
      }
      byte[] iv = new byte[IV_SIZE];
      random.nextBytes(iv);
      try {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
            Cipher.ENCRYPT_MODE,
            new SecretKeySpec(dataKey, "AES"),
            new GCMParameterSpec(TAG_BITS, iv));
        return new Envelope(
            keyId, wrapped, cipher.doFinal(secret), iv, provider, settings, annotations);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("AES-GCM is part of every JDK", e);
      }
    }

    @Override
    public byte[] document() {
      Base64.Encoder base64 = Base64.getEncoder();
      ObjectNode out = Json.object().put("version", VERSION).put("type", "envelope");
      out.put("key_id", keyId);
      out.put("encrypted_key", base64.encodeToString(encryptedKey));
      out.put("encrypted_data", base64.encodeToString(encryptedData));
      out.put("wrap_type", "A256GCM");
      out.put("iv", base64.encodeToString(iv));
      out.put("provider", provider);
      out.set("provider_settings", settings);
      out.set("annotations", annotations);
      return Json.write(out);
    }
  }

  private static void requireProvider(String provider, Set<String> known) {
    if (!known.contains(provider.toLowerCase(Locale.ROOT))) {
      throw new ProtocolException(
          ProtocolException.Reason.MALFORMED,
          "Unsupported provider: "
              + provider
              + "; known are "
              + String.join(", ", known.stream().sorted().toList()));
    }
  }
}
