package dev.cocolab.broker;

import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.token.Pem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.util.Base64;
import java.util.function.Function;

/** The server's TLS key and certificate, checked before they are used. */
final class TlsIdentity {
  private TlsIdentity() {}

  /**
   * Sets the identity that the configuration names.
   *
   * @throws BrokerException FILE or KEY naming the file
   */
  static void apply(
      HttpServerOptions options, KbsConfig.Http config, Function<String, Path> files) {
    String keyName = config.privateKey().orElseThrow();
    String certificateName = config.certificate().orElseThrow();
    PrivateKey key = Pem.privateKey(keyName, files.apply(keyName));
    var chain = Pem.certificates(certificateName, files.apply(certificateName));
    requirePair(keyName, key, certificateName, chain.get(0).getPublicKey());
    String chainPem = Pem.read(certificateName, files.apply(certificateName));
    options
        .setSsl(true)
        .setUseAlpn(false)
        .setEnabledSecureTransportProtocols(config.tlsVersions())
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setKeyValue(Buffer.buffer(pkcs8(key)))
                .setCertValue(Buffer.buffer(chainPem.getBytes(StandardCharsets.ISO_8859_1))));
  }

  private static byte[] pkcs8(PrivateKey key) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return ("-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void requirePair(
      String keyName, PrivateKey key, String certificateName, PublicKey publicKey) {
    String algorithm = key instanceof RSAKey ? "SHA256withRSA" : "SHA256withECDSA";
    byte[] probe = keyName.getBytes(StandardCharsets.UTF_8);
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(probe);
      if (signature.verify(signed)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw mismatch(keyName, certificateName, e);
    }
    throw mismatch(keyName, certificateName, null);
  }

  private static BrokerException mismatch(String keyName, String certificateName, Exception cause) {
    return new BrokerException(
        Reason.KEY, keyName + " is not the private key of " + certificateName, cause);
  }
}
