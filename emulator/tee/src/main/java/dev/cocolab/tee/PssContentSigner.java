package dev.cocolab.tee;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.ContentSigner;

/**
 * RSASSA-PSS as AMD's authorities use it: SHA-384, MGF1 with SHA-384, 48 bytes of salt (RFC 4055).
 */
final class PssContentSigner implements ContentSigner {

  private static final int SALT_SIZE = 48;
  private static final PSSParameterSpec PARAMETERS =
      new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, SALT_SIZE, 1);

  private final PrivateKey key;
  private final SecureRandom random;
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();

  PssContentSigner(PrivateKey key, SecureRandom random) {
    this.key = key;
    this.random = random;
  }

  @Override
  public AlgorithmIdentifier getAlgorithmIdentifier() {
    AlgorithmIdentifier sha384 =
        new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha384, DERNull.INSTANCE);
    AlgorithmIdentifier mgf1 = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, sha384);
    return new AlgorithmIdentifier(
        PKCSObjectIdentifiers.id_RSASSA_PSS,
        new RSASSAPSSparams(sha384, mgf1, new ASN1Integer(SALT_SIZE), new ASN1Integer(1)));
  }

  @Override
  public ByteArrayOutputStream getOutputStream() {
    return content;
  }

  @Override
  public byte[] getSignature() {
    try {
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(PARAMETERS);
      signature.initSign(key, random);
      signature.update(content.toByteArray());
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSASSA-PSS in this Java platform", e);
    }
  }
}
