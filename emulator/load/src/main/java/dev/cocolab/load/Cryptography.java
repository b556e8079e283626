package dev.cocolab.load;

import dev.cocolab.evidence.Tee;
import dev.cocolab.load.Operation.Side;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cryptography of one attestation, operation by operation, with the providers that this Java
 * runtime picks, as our broker has them: it asks for algorithms by name and for no provider.
 */
final class Cryptography {
  /** How the names of those operations begin that come with a connection. */
  static final String TLS_HANDSHAKE = "TLS handshake: ";

  private static final String X25519 = "X25519";
  private static final int RUNTIME_DATA_BYTES = 280;
  private static final int TOKEN_BYTES = 4096;
  private static final int REPORT_BYTES = 672;
  private static final int QUOTE_BYTES = 161;
  private static final int CERTIFICATE_BYTES = 1100;
  private static final int TRANSCRIPT_BYTES = 146;

  private final OperationTimer timer;
  private final SecureRandom random;
  private final List<Operation> operations = new ArrayList<>();

  private Cryptography(OperationTimer timer, SecureRandom random) {
    this.timer = timer;
    this.random = random;
  }

  /**
   * Times every operation; takes some seconds.
   *
   * @param shown what the server showed in its TLS handshake; empty without TLS
   * @param bytes of HTTP that one attestation moves
   */
  static List<Operation> measure(
      Tee tee,
      Optional<KbsConnection.Shown> shown,
      long bytes,
      OperationTimer timer,
      SecureRandom random) {
    Cryptography all = new Cryptography(timer, random);
    try {
      all.binding();
      all.evidence(tee);
      all.token();
      all.resource();
      if (shown.isPresent()) {
        all.records(bytes);
        all.handshake(shown.get().chain());
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform lacks what TLS and JOSE need", e);
    }
    return List.copyOf(all.operations);
  }

  private void binding() {
    byte[] data = new byte[RUNTIME_DATA_BYTES];
    double nanos = timer.nanos(unchecked(() -> MessageDigest.getInstance("SHA-384").digest(data)));
    both("SHA-384 (report data)", nanos);
  }

  private void evidence(Tee tee) throws GeneralSecurityException {
    if (tee == Tee.AZ_SNP_VTPM || tee == Tee.TPM) {
      signature("RSA-2048 %s (TPM quote)", "SHA256withRSA", rsa(2048), QUOTE_BYTES, Side.CLIENT);
    }
    if (tee == Tee.AZ_SNP_VTPM || tee == Tee.SNP) {
      signature(
          "ECDSA P-384 %s (SNP report)",
          "SHA384withECDSA", ec("secp384r1"), REPORT_BYTES, Side.CLIENT);
      KeyPair issuer = rsa(4096);
      Signed certificate = new Signed("RSASSA-PSS", pss("SHA-384", 48), issuer, CERTIFICATE_BYTES);
      add(
          "chain check: RSA-4096 PSS verify (VCEK by ASK)",
          Side.SERVER,
          timer.nanos(certificate.verification()));
    }
  }

  private void token() throws GeneralSecurityException {
    signature(
        "ECDSA P-256 %s (token)",
        "SHA256withECDSAinP1363Format", ec("secp256r1"), TOKEN_BYTES, Side.SERVER, Side.SERVER);
  }

  private void resource() throws GeneralSecurityException {
    AlgorithmParameterSpec curve = new ECGenParameterSpec("secp256r1");
    add("P-256 key generation (resource)", Side.SERVER, keyGeneration("EC", curve));
    both("P-256 key agreement (resource)", keyAgreement("EC", curve, "ECDH"));
    Key wrapping = new SecretKeySpec(bytes(32), "AES");
    Key content = new SecretKeySpec(bytes(32), "AES");
    byte[] wrapped = cipher("AESWrap", Cipher.WRAP_MODE, wrapping).wrap(content);
    add(
        "AES-256 key wrap (resource)",
        Side.SERVER,
        timer.nanos(unchecked(() -> cipher("AESWrap", Cipher.WRAP_MODE, wrapping).wrap(content))));
    add(
        "AES-256 key unwrap (resource)",
        Side.CLIENT,
        timer.nanos(
            unchecked(
                () ->
                    cipher("AESWrap", Cipher.UNWRAP_MODE, wrapping)
                        .unwrap(wrapped, "AES", Cipher.SECRET_KEY))));
    both("AES-256-GCM (resource)", timer.nanos(gcm(content, 32)));
  }

  private void records(long bytes) {
    Key key = new SecretKeySpec(bytes(32), "AES");
    both(
        "TLS records: AES-256-GCM of %d bytes".formatted(bytes),
        timer.nanos(gcm(key, (int) Math.min(Math.max(bytes, 1), 1 << 20))));
  }

  /** TLS 1.3 with X25519, one proof of possession and the chain that the server showed. */
  private void handshake(List<Certificate> chain) throws GeneralSecurityException {
    both(TLS_HANDSHAKE + "X25519 key generation", keyGeneration(X25519, NamedParameterSpec.X25519));
    both(
        TLS_HANDSHAKE + "X25519 key agreement",
        keyAgreement(X25519, NamedParameterSpec.X25519, X25519));
    KeyPair leaf = likewise(chain.get(0).getPublicKey());
    Signed proof = signed(leaf, TRANSCRIPT_BYTES);
    String kind = kind(leaf.getPublic());
    add(TLS_HANDSHAKE + kind + " sign", Side.SERVER, timer.nanos(proof.signing()));
    double nanos = timer.nanos(proof.verification());
    add(TLS_HANDSHAKE + kind + " verify", Side.CLIENT, nanos);
    // Whoever is trusted itself is believed without a check of its signature.
    for (int i = 0; i + 1 < chain.size(); i++) {
      KeyPair issuer = likewise(chain.get(i + 1).getPublicKey());
      add(
          TLS_HANDSHAKE + "chain check: " + kind(issuer.getPublic()) + " verify",
          Side.CLIENT,
          timer.nanos(signed(issuer, CERTIFICATE_BYTES).verification()));
    }
  }

  private double keyGeneration(String algorithm, AlgorithmParameterSpec parameters) {
    return timer.nanos(unchecked(() -> pair(algorithm, parameters)));
  }

  private double keyAgreement(String algorithm, AlgorithmParameterSpec parameters, String agreement)
      throws GeneralSecurityException {
    KeyPair own = pair(algorithm, parameters);
    KeyPair peer = pair(algorithm, parameters);
    return timer.nanos(
        unchecked(
            () -> {
              KeyAgreement one = KeyAgreement.getInstance(agreement);
              one.init(own.getPrivate());
              one.doPhase(peer.getPublic(), true);
              return one.generateSecret();
            }));
  }

  private void signature(String name, String algorithm, KeyPair key, int length, Side signer)
      throws GeneralSecurityException {
    signature(name, algorithm, key, length, signer, Side.SERVER);
  }

  private void signature(
      String name, String algorithm, KeyPair key, int length, Side signer, Side verifier)
      throws GeneralSecurityException {
    Signed signed = new Signed(algorithm, Optional.empty(), key, length);
    add(name.formatted("sign"), signer, timer.nanos(signed.signing()));
    add(name.formatted("verify"), verifier, timer.nanos(signed.verification()));
  }

  private void both(String name, double nanos) {
    add(name, Side.CLIENT, nanos);
    add(name, Side.SERVER, nanos);
  }

  private void add(String name, Side side, double nanos) {
    operations.add(new Operation(name, side, 1, nanos / 1e3));
  }

  /** A signature over some bytes, and its check. */
  private final class Signed {
    private final String algorithm;
    private final Optional<PSSParameterSpec> parameters;
    private final KeyPair key;
    private final byte[] data;
    private final byte[] signature;

    Signed(String algorithm, Optional<PSSParameterSpec> parameters, KeyPair key, int length)
        throws GeneralSecurityException {
      this.algorithm = algorithm;
      this.parameters = parameters;
      this.key = key;
      this.data = bytes(length);
      this.signature = sign();
    }

    private Signature start() throws GeneralSecurityException {
      Signature start = Signature.getInstance(algorithm);
      if (parameters.isPresent()) {
        start.setParameter(parameters.get());
      }
      return start;
    }

    private byte[] sign() throws GeneralSecurityException {
      Signature signer = start();
      signer.initSign(key.getPrivate(), random);
      signer.update(data);
      return signer.sign();
    }

    OperationTimer.Work signing() {
      return unchecked(this::sign);
    }

    OperationTimer.Work verification() {
      return unchecked(
          () -> {
            Signature verifier = start();
            verifier.initVerify(key.getPublic());
            verifier.update(data);
            if (!verifier.verify(signature)) {
              throw new GeneralSecurityException("a signature of our own is wrong");
            }
            return true;
          });
    }
  }

  private Signed signed(KeyPair key, int length) throws GeneralSecurityException {
    return key.getPrivate() instanceof RSAKey
        ? new Signed("RSASSA-PSS", pss("SHA-256", 32), key, length)
        : new Signed("SHA256withECDSA", Optional.empty(), key, length);
  }

  private static Optional<PSSParameterSpec> pss(String hash, int salt) {
    MGF1ParameterSpec mask =
        hash.equals("SHA-384") ? MGF1ParameterSpec.SHA384 : MGF1ParameterSpec.SHA256;
    return Optional.of(new PSSParameterSpec(hash, "MGF1", mask, salt, 1));
  }

  /** A key of our own of the kind and size of another. */
  private KeyPair likewise(PublicKey key) throws GeneralSecurityException {
    if (key instanceof RSAKey rsa) {
      return rsa(rsa.getModulus().bitLength());
    }
    if (key instanceof ECKey ec) {
      return pair("EC", ec.getParams());
    }
    return ec("secp256r1");
  }

  private static String kind(PublicKey key) {
    if (key instanceof RSAKey rsa) {
      return "RSA-" + rsa.getModulus().bitLength() + " PSS";
    }
    int bits = ((ECKey) key).getParams().getCurve().getField().getFieldSize();
    return "ECDSA P-" + bits;
  }

  private KeyPair rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits, random);
    return generator.generateKeyPair();
  }

  private KeyPair ec(String curve) throws GeneralSecurityException {
    return pair("EC", new ECGenParameterSpec(curve));
  }

  private KeyPair pair(String algorithm, AlgorithmParameterSpec parameters)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(parameters, random);
    return generator.generateKeyPair();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static Cipher cipher(String name, int mode, Key key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(name);
    cipher.init(mode, key);
    return cipher;
  }

  private OperationTimer.Work gcm(Key key, int length) {
    byte[] data = bytes(length);
    return unchecked(
        () -> {
          Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
          cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, bytes(12)));
          return cipher.doFinal(data);
        });
  }

  /** What JCA calls look like. */
  private interface Checked {
    Object run() throws GeneralSecurityException;
  }

  private static OperationTimer.Work unchecked(Checked work) {
    return () -> {
      try {
        work.run();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("an operation failed that worked before", e);
      }
    };
  }
}
