package dev.cocolab.protocol;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Base64;
import java.util.Optional;

/** The curves a guest's key may be on. */
enum EcCurve {
  P_256("P-256", "secp256r1", 32),
  P_521("P-521", "secp521r1", 66);

  private final String jwkName;
  private final String jcaName;
  private final int coordinateBytes;

  EcCurve(String jwkName, String jcaName, int coordinateBytes) {
    this.jwkName = jwkName;
    this.jcaName = jcaName;
    this.coordinateBytes = coordinateBytes;
  }

  static Optional<EcCurve> ofJwkName(String name) {
    for (EcCurve curve : values()) {
      if (curve.jwkName.equals(name)) {
        return Optional.of(curve);
      }
    }
    return Optional.empty();
  }

  String jwkName() {
    return jwkName;
  }

  ECGenParameterSpec generation() {
    return new ECGenParameterSpec(jcaName);
  }

  ECParameterSpec parameters() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(generation());
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(jcaName + " is part of every JDK", e);
    }
  }

  /** A coordinate in base64url without padding, left-padded to the field's length. */
  String encode(BigInteger coordinate) {
    byte[] out = new byte[coordinateBytes];
    byte[] raw = coordinate.toByteArray();
    int length = Math.min(raw.length, coordinateBytes);
    System.arraycopy(raw, raw.length - length, out, coordinateBytes - length, length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out);
  }

  /** Decodes both coordinates and checks that the point is on the curve. */
  ECPublicKey publicKey(String x, String y) {
    ECParameterSpec parameters = parameters();
    ECPoint point = new ECPoint(decode(x), decode(y));
    requireOnCurve(point, parameters);
    try {
      return (ECPublicKey)
          KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, parameters));
    } catch (GeneralSecurityException e) {
      throw new ProtocolException(Reason.BAD_KEY, "not a " + jwkName + " key", e);
    }
  }

  /** The curve of a private key. */
  static Optional<EcCurve> of(ECPrivateKey key) {
    for (EcCurve curve : values()) {
      if (curve.parameters().getOrder().equals(key.getParams().getOrder())) {
        return Optional.of(curve);
      }
    }
    return Optional.empty();
  }

  /** The public half of a private key, which the JDK does not compute; not in constant time. */
  TeePublicKey.Ec publicHalf(ECPrivateKey key) {
    ECParameterSpec parameters = parameters();
    ECPoint sum = ECPoint.POINT_INFINITY;
    ECPoint power = parameters.getGenerator();
    for (BigInteger rest = key.getS(); rest.signum() > 0; rest = rest.shiftRight(1)) {
      if (rest.testBit(0)) {
        sum = add(sum, power, parameters);
      }
      power = add(power, power, parameters);
    }
    return new TeePublicKey.Ec(
        jwkName, TeePublicKey.ECDH_ES_A256KW, encode(sum.getAffineX()), encode(sum.getAffineY()));
  }

  private static ECPoint add(ECPoint one, ECPoint other, ECParameterSpec parameters) {
    if (one.equals(ECPoint.POINT_INFINITY)) {
      return other;
    }
    BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
    BigInteger x = one.getAffineX();
    BigInteger y = one.getAffineY();
    BigInteger slope =
        one.equals(other)
            ? x.pow(2)
                .multiply(BigInteger.valueOf(3))
                .add(parameters.getCurve().getA())
                .multiply(y.shiftLeft(1).modInverse(p))
            : other.getAffineY().subtract(y).multiply(other.getAffineX().subtract(x).modInverse(p));
    BigInteger sumX = slope.pow(2).subtract(x).subtract(other.getAffineX()).mod(p);
    return new ECPoint(sumX, slope.multiply(x.subtract(sumX)).subtract(y).mod(p));
  }

  private BigInteger decode(String coordinate) {
    byte[] raw;
    try {
      raw = Base64.getUrlDecoder().decode(coordinate);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(Reason.BAD_KEY, "a coordinate is not base64url", e);
    }
    if (raw.length != coordinateBytes || coordinate.indexOf('=') >= 0) {
      throw new ProtocolException(
          Reason.BAD_KEY,
          "a coordinate of " + jwkName + " must have " + coordinateBytes + " bytes");
    }
    return new BigInteger(1, raw);
  }

  /** Points off the curve would let a sender probe the other side's private key. */
  private void requireOnCurve(ECPoint point, ECParameterSpec parameters) {
    BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    BigInteger right =
        x.pow(3)
            .add(parameters.getCurve().getA().multiply(x))
            .add(parameters.getCurve().getB())
            .mod(p);
    boolean inField = x.compareTo(p) < 0 && y.compareTo(p) < 0;
    if (!inField || !y.multiply(y).mod(p).equals(right)) {
      throw new ProtocolException(Reason.BAD_KEY, "the point is not on " + jwkName);
    }
  }
}
