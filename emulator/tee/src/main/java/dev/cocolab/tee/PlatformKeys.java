package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.RSAKeyGenParameterSpec;

/** The two authorities of one generation with their private keys. */
record PlatformKeys(AmdRoots.Chain chain, PrivateKey arkKey, PrivateKey askKey) {

  /** Size of the real ones. */
  static final int KEY_BITS = 4096;

  /** Makes two RSA keys and their certificates, which takes seconds at the real size. */
  static PlatformKeys generate(AmdGeneration generation, int bits, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), random);
      KeyPair ark = generator.generateKeyPair();
      KeyPair ask = generator.generateKeyPair();
      CertificateIssuer issuer = new CertificateIssuer(generation, random);
      var root = issuer.ark(ark.getPublic(), ark.getPrivate());
      var intermediate = issuer.ask(ask.getPublic(), root, ark.getPrivate());
      return new PlatformKeys(
          new AmdRoots.Chain(root, intermediate), ark.getPrivate(), ask.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSA in this Java platform", e);
    }
  }
}
