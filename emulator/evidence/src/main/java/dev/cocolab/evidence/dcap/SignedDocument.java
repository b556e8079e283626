package dev.cocolab.evidence.dcap;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A document that Intel signs: {@code {"<member>":{...},"signature":"<hex>"}}. The signature is
 * ECDSA P-256 with SHA-256 over the exact text of the member, r and s of 32 bytes in hex (Intel PCS
 * API version 4, "TCB Info" and "Enclave Identity"). Immutable.
 */
public final class SignedDocument {
  private static final int LONGEST = 1 << 22;
  private static final int SIGNATURE_SIZE = 64;

  private final String text;
  private final byte[] signature;
  private final JsonNode content;
  private final List<X509Certificate> issuers;

  private SignedDocument(
      String text, byte[] signature, JsonNode content, List<X509Certificate> issuers) {
    this.text = text;
    this.signature = signature;
    this.content = content;
    this.issuers = issuers;
  }

  /**
   * Reads a document.
   *
   * @param document as Intel's service answers it
   * @param member {@code tcbInfo} or {@code enclaveIdentity}
   * @param issuerChain PEM: the key that signed, then the root
   * @throws IllegalArgumentException naming what is wrong
   */
  public static SignedDocument parse(String document, String member, byte[] issuerChain) {
    if (document.length() > LONGEST) {
      throw new IllegalArgumentException(member + " is longer than " + LONGEST + " characters");
    }
    String text = textOf(document, member);
    try {
      JsonNode whole = JsonMapper.shared().readTree(document);
      byte[] signature = HexFormat.of().parseHex(whole.path("signature").asString(""));
      if (signature.length != SIGNATURE_SIZE) {
        throw new IllegalArgumentException(
            "the signature of %s has %d bytes, not 64".formatted(member, signature.length));
      }
      return new SignedDocument(
          text, signature, whole.path(member), Certificates.ofPem(issuerChain));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(member + " is no JSON", e);
    } catch (CertificateException e) {
      throw new IllegalArgumentException("the issuer chain of " + member + " cannot be read", e);
    }
  }

  /** The exact text of a member of the outermost object. */
  private static String textOf(String document, String member) {
    try (JsonParser in = JsonMapper.shared().createParser(document)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException(member + " is not in a JSON object");
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = in.currentName().equals(member);
        JsonToken value = in.nextToken();
        int start = (int) in.currentTokenLocation().getCharOffset();
        in.skipChildren();
        if (wanted && value == JsonToken.START_OBJECT) {
          return document.substring(start, (int) in.currentLocation().getCharOffset());
        }
      }
      throw new IllegalArgumentException("there is no object '%s'".formatted(member));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(member + " is no JSON", e);
    }
  }

  /** Whether this key signed the text. */
  boolean isSignedBy(PublicKey key) {
    return EcdsaP256.verifies(key, text.getBytes(StandardCharsets.UTF_8), signature);
  }

  /** What is signed. */
  public JsonNode content() {
    return content.deepCopy();
  }

  /** The certificates that came with it: the key that signed, then the root. */
  public List<X509Certificate> issuers() {
    return List.copyOf(Objects.requireNonNull(issuers));
  }
}
