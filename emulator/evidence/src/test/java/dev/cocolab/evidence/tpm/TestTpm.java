package dev.cocolab.evidence.tpm;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** An attestation key that signs whatever a test wants. */
record TestTpm(KeyPair key) {

  static final byte[] REPORT_DATA = filled(48, 5);
  static final byte[] NONCE = filled(32, 5);
  static final byte[] INIT_DATA = filled(32, 9);

  static final PcrBank BANK =
      PcrBank.atReset().extend(0, filled(32, 1)).extend(8, INIT_DATA).extend(11, filled(32, 2));

  static TestTpm withKey(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return new TestTpm(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  byte[] akPublic() {
    return key.getPublic().getEncoded();
  }

  /** The message of a quote over a whole bank. */
  static TpmsAttest attest(PcrBank bank, byte[] nonce) {
    return attest(nonce, List.of(PcrSelection.allSha256()), bank.digest());
  }

  static TpmsAttest attest(byte[] nonce, List<PcrSelection> selections, byte[] digest) {
    return TpmsAttest.quote(
        filled(34, 3),
        nonce,
        new ClockInfo(1000, 2, 0, true),
        7,
        new TpmsAttest.QuoteInfo(selections, digest));
  }

  TpmQuote sign(byte[] message, List<byte[]> pcrs) {
    try {
      Signature signature = Signature.getInstance("SHA256with" + key.getPublic().getAlgorithm());
      signature.initSign(key.getPrivate());
      signature.update(message);
      return TpmQuote.of(signature.sign(), message, pcrs);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  ObjectNode evidence(TpmQuote quote) {
    return TpmEvidence.of(akPublic(), quote).toJson();
  }

  /** Genuine evidence over {@link #BANK} and {@link #NONCE}. */
  ObjectNode evidence() {
    return evidence(sign(attest(BANK, NONCE).encode(), BANK.values()));
  }

  static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
