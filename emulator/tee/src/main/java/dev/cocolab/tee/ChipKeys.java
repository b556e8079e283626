package dev.cocolab.tee;

import dev.cocolab.evidence.snp.TcbVersion;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/**
 * The endorsement keys of the chips of one machine: ECDSA P-384, derived from the chip or provider
 * and the TCB version, as in the hardware, and from a secret of the machine. So every process of
 * the machine can certify what another one of them signs with, as AMD's key service can.
 */
final class ChipKeys {

  private static final String CURVE = "secp384r1";

  private final PrivateKey secret;

  ChipKeys(PrivateKey secret) {
    this.secret = secret;
  }

  KeyPair ofChip(byte[] chipId, TcbVersion tcb) {
    return derive("VCEK", chipId, tcb);
  }

  KeyPair ofProvider(String provider, TcbVersion tcb) {
    return derive("VLEK", provider.getBytes(StandardCharsets.UTF_8), tcb);
  }

  private KeyPair derive(String kind, byte[] identity, TcbVersion tcb) {
    try {
      Mac mac = Mac.getInstance("HmacSHA512");
      mac.init(new SecretKeySpec(secret.getEncoded(), "HmacSHA512"));
      mac.update(
          ("CoCoLab " + kind + " " + identity.length + " ").getBytes(StandardCharsets.UTF_8));
      mac.update(identity);
      mac.update(tcb.encode());
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(CURVE));
      ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
      // 512 bits reduced to 384: the bias is below 2^-128 (FIPS 186-5, A.2.1).
      BigInteger range = curve.getOrder().subtract(BigInteger.ONE);
      BigInteger scalar = new BigInteger(1, mac.doFinal()).mod(range).add(BigInteger.ONE);
      var point = CustomNamedCurves.getByName(CURVE).getG().multiply(scalar).normalize();
      ECPoint w =
          new ECPoint(
              point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
      KeyFactory factory = KeyFactory.getInstance("EC");
      return new KeyPair(
          factory.generatePublic(new ECPublicKeySpec(w, curve)),
          factory.generatePrivate(new ECPrivateKeySpec(scalar, curve)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no P-384 in this Java platform", e);
    }
  }
}
