package dev.cocolab.protocol;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Private keys in PEM (RFC 7468): PKCS#8 (RFC 5958), and RSA as PKCS#1 (RFC 8017, A.1.2). */
final class PrivateKeyPem {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ((?:RSA )?PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  /** Version 0 and the algorithm rsaEncryption with NULL, the start of a PKCS#8 structure. */
  private static final byte[] RSA_HEAD =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  private PrivateKeyPem() {}

  /**
   * The first key of a text.
   *
   * @throws ProtocolException BAD_KEY or UNSUPPORTED_KEY
   */
  static TeeKeyPair read(String pem) {
    Matcher block = BLOCK.matcher(pem);
    if (!block.find()) {
      throw new ProtocolException(
          Reason.BAD_KEY,
          "no private key in PEM: BEGIN PRIVATE KEY (PKCS#8) or BEGIN RSA PRIVATE KEY (PKCS#1)");
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(block.group(2).strip());
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(Reason.BAD_KEY, "the PEM private key is not base64", e);
    }
    byte[] pkcs8 = block.group(1).startsWith("RSA") ? wrapped(der) : der;
    return of(parse(pkcs8));
  }

  private static PrivateKey parse(byte[] pkcs8) {
    GeneralSecurityException why = null;
    for (String algorithm : new String[] {"RSA", "EC"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        why = e;
      }
    }
    throw new ProtocolException(
        Reason.UNSUPPORTED_KEY, "the PEM private key is neither RSA nor EC", why);
  }

  private static TeeKeyPair of(PrivateKey key) {
    if (key instanceof RSAPrivateCrtKey rsa) {
      return new TeeKeyPair(
          rsa,
          new TeePublicKey.Rsa(
              TeePublicKey.RSA_OAEP_256,
              encode(rsa.getModulus()),
              encode(rsa.getPublicExponent())));
    }
    if (key instanceof ECPrivateKey ec) {
      return EcCurve.of(ec)
          .map(curve -> new TeeKeyPair(ec, curve.publicHalf(ec)))
          .orElseThrow(
              () ->
                  new ProtocolException(
                      Reason.UNSUPPORTED_KEY, "the EC key is on neither P-256 nor P-521"));
    }
    throw new ProtocolException(Reason.BAD_KEY, "the RSA key has no public exponent");
  }

  private static byte[] wrapped(byte[] pkcs1) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(RSA_HEAD);
    body.writeBytes(tagged(OCTET_STRING, pkcs1));
    return tagged(SEQUENCE, body.toByteArray());
  }

  /** DER: tag, length in as few bytes as it takes, content. */
  private static byte[] tagged(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      byte[] length = BigInteger.valueOf(content.length).toByteArray();
      int skip = length[0] == 0 ? 1 : 0;
      out.write(0x80 | length.length - skip);
      out.write(length, skip, length.length - skip);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** Unsigned big-endian without leading zeros, base64url without padding. */
  private static String encode(BigInteger number) {
    byte[] raw = number.toByteArray();
    int skip = raw[0] == 0 ? 1 : 0;
    byte[] out = new byte[raw.length - skip];
    System.arraycopy(raw, skip, out, 0, out.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out);
  }
}
